package simulate

// entranceA and entranceB are the two entrances of Søndergade 12, in the order
// of the list: 24 meters each.
var (
	entranceA = []spot{
		{"kl", "", "plant", &multical302},
		{"kl", "", "meter board", &electricity},
		{"st", "tv", "bath", &multical21Cold},
		{"st", "tv", "bath", &multical21Warm},
		{"st", "tv", "living room", &ultego},
		{"st", "th", "bath", &multical21Cold},
		{"st", "th", "living room", &ultego},
		{"1", "", "stairs", &smokeDetector},
		{"1", "tv", "bath", &multical21Cold},
		{"1", "tv", "bath", &multical21Warm},
		{"1", "tv", "living room", &ultego},
		{"1", "th", "bath", &multical21Cold},
		{"1", "th", "living room", &ultego},
		{"2", "tv", "bath", &multical21Cold},
		{"2", "tv", "bath", &multical21Warm},
		{"2", "tv", "living room", &ultego},
		{"2", "th", "bath", &multical21Cold},
		{"2", "th", "living room", &ultego},
		{"3", "", "stairs", &smokeDetector},
		{"3", "tv", "bath", &multical21Cold},
		{"3", "tv", "bath", &multical21Warm},
		{"3", "tv", "living room", &ultego},
		{"3", "th", "bath", &multical21Cold},
		{"3", "th", "living room", &ultego},
	}
	entranceB = []spot{
		{"kl", "", "plant", &scylar},
		{"kl", "", "plant", &hydrosonic},
		{"kl", "", "meter board", &electricity},
		{"st", "", "stairs", &waterStar},
		{"st", "tv", "bath", &hydrus},
		{"st", "th", "bath", &hydrus},
		{"st", "th", "kitchen", &iuws},
		{"1", "", "stairs", &smokeDetector},
		{"1", "tv", "bath", &hydrus},
		{"1", "tv", "living room", &qundis},
		{"1", "th", "bath", &hydrus},
		{"1", "th", "kitchen", &iuws},
		{"1", "th", "living room", &qundis},
		{"2", "tv", "bath", &hydrus},
		{"2", "tv", "living room", &qundis},
		{"2", "th", "bath", &hydrus},
		{"2", "th", "kitchen", &iuws},
		{"2", "th", "living room", &qundis},
		{"3", "", "stairs", &smokeDetector},
		{"3", "tv", "bath", &hydrus},
		{"3", "tv", "living room", &qundis},
		{"3", "th", "bath", &hydrus},
		{"3", "th", "kitchen", &iuws},
		{"3", "th", "living room", &qundis},
	}
	// nextDoor are the meters in the house across the yard: they are received
	// and are not in the list.
	nextDoor = []*model{&multical21Cold, &hydrus, &multical21Cold, &iuws, &ultego, &hydrus}
)

// nextDoorLevel is the level of the meters across the yard, in 1/100 dBm.
var nextDoorLevel = span{-9300, -8200}
