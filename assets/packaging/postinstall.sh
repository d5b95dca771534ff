#!/bin/sh
# The rules for dongles hold from the next time that one is plugged in.
if [ -d /run/udev ] && command -v udevadm >/dev/null 2>&1; then
  udevadm control --reload || true
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
echo "earshot: serial dongles belong to the group dialout. To use one: sudo usermod -aG dialout USER, then log in again."
echo "earshot: earshot receivers lists the dongles that are attached."
