package port

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"slices"
	"strconv"
)

// forbidden says which group may open a port, and how to join it.
func forbidden(path string) *Problem {
	p := &Problem{Path: path, Kind: fs.ErrPermission}
	info, err := os.Stat(path)
	if err != nil {
		p.Cause, p.Cure = "no permission to read its folder", "ask the owner of the folder for access"
		return p
	}
	_, gid, ok := fileOwner(info)
	if !ok {
		p.Cause, p.Cure = "no permission", "try again as administrator"
		return p
	}
	return mayOpen(p, info.Mode().Perm(), gid, currentUser())
}

// person is the user that runs this program.
type person struct {
	name   string
	groups []int // of this process
	listed []int // of the user, by the group file: they apply after the next login
}

func currentUser() person {
	me := person{name: "$USER"}
	me.groups, _ = os.Getgroups()
	u, err := user.Current()
	if err != nil {
		return me
	}
	me.name = u.Username
	ids, _ := u.GroupIds()
	for _, id := range ids {
		if n, err := strconv.Atoi(id); err == nil {
			me.listed = append(me.listed, n)
		}
	}
	return me
}

// mayOpen fills in cause and cure for a file of that mode and group.
func mayOpen(p *Problem, perm fs.FileMode, gid uint32, me person) *Problem {
	group := strconv.Itoa(int(gid))
	if g, err := user.LookupGroupId(group); err == nil {
		group = g.Name
	}
	member := slices.Contains(me.groups, int(gid))
	switch {
	case perm&0o060 != 0o060 || gid == 0 || member:
		p.Cause = fmt.Sprintf("no permission: only its owner may open it (%v)", perm)
		p.Cure = fmt.Sprintf("sudo chown %s %s, which lasts until it is plugged in again; docs/receivers.md says how to make it permanent", me.name, p.Path)
	case slices.Contains(me.listed, int(gid)):
		p.Cause = fmt.Sprintf("no permission: you are in the group %s, but not yet in this session", group)
		p.Cure = "log out and back in"
	default:
		p.Cause = fmt.Sprintf("no permission: it belongs to the group %s, and you are not in it", group)
		p.Cure = fmt.Sprintf("sudo usermod -aG %s %s, then log out and back in", group, me.name)
	}
	return p
}
