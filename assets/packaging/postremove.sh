#!/bin/sh
if [ -d /run/udev ] && command -v udevadm >/dev/null 2>&1; then
  udevadm control --reload || true
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
