package replay

// Disk is what a File writes to.
type Disk = disk

// NewFile returns a File on a disk of the test.
func NewFile(d Disk) *File { return newFile("test", d) }
