package imports

import "strings"

// Field is what a column holds.
type Field uint8

const (
	None Field = iota
	Number
	Manufacturer
	Key
	Entrance
	Floor
	Apartment
	Room
	Medium
	Timeout
	Note
	Place // a whole place, or a room
	RadiatorMake
	RadiatorModel
	RadiatorLength
	RadiatorHeight
	RadiatorDepth
	RadiatorOutput
	RadiatorDeltaT
	Mounting
	Scale
	ScaleFactor
	Sensors
	Sealed
	Trap   // looks like a number or key, and never is one
	fields // how many there are
)

// names of the fields, as columns of earshot's own lists.
var names = [fields]string{"", "id", "manufacturer", "key", "entrance", "floor", "apartment", "room", "medium", "timeout", "note", "place",
	"radiator_make", "radiator_model", "radiator_length", "radiator_height", "radiator_depth", "radiator_output", "radiator_output_at",
	"mounting", "scale", "scale_factor", "sensors", "sealed", ""}

// String is the name of the column in earshot's own lists.
func (f Field) String() string { return names[f] }

// ParseField finds a field by its name.
func ParseField(name string) (Field, bool) {
	for f := Number; f < Trap; f++ {
		if strings.EqualFold(names[f], name) {
			return f, true
		}
	}
	return None, false
}

// headerGroup are words that name a field.
type headerGroup struct {
	field Field
	rank  int
	weak  bool
	words []string
}

// headerWords are the names of columns, for each field those of Danish,
// German, English, Swedish, Norwegian, Polish, Dutch, French, Czech and
// Italian. rank decides between several columns for one field. Words that are
// weak have other meanings: cells decide.
var headerWords = []headerGroup{
	{field: Number, rank: 9, words: []string{"id"}},
	{field: Number, rank: 3, words: []string{
		"radio-id", "radio id", "radionr", "radionummer", "radioadresse", "modulnr", "modulnummer", "modul-id", "sekundær adresse", "sekundæradresse",
		"funk-id", "funknummer", "funknr", "funkadresse", "funkmodul-id", "funkmodulnummer", "sekundäradresse", "funkmodul",
		"radio no", "radio number", "radio address", "module id", "module number", "module no", "secondary address", "wmbus id", "wm-bus id", "wmbus address", "wireless m-bus id", "m-bus id", "mbus id", "rf id", "meter_id",
		"radio-nr", "sekundäradress", "radioadress",
		"sekundæradr",
		"nr nakładki", "numer nakładki", "nakładka", "numer radiowy", "nr radiowy", "id radiowe", "adres radiowy", "nr modułu", "numer modułu",
		"radionummer", "secundair adres", "module nr",
		"numéro radio", "n° radio", "id radio", "identifiant radio", "adresse radio", "adresse secondaire", "numéro de module", "n° module",
		"rádiové číslo", "rádiová adresa", "rádio id", "číslo modulu", "sekundární adresa",
		"numero radio", "codice radio", "indirizzo radio", "indirizzo secondario", "numero modulo", "id modulo", "matricola radio",
	}},
	{field: Number, rank: 2, words: []string{
		"serienr", "serienummer", "fabriknummer", "fabriknr", "fabrikationsnummer", "fabrikationsnr",
		"seriennummer", "seriennr", "serien-nr", "fabriknummer", "fabriknr", "fabrikationsnummer", "herstellnummer", "herstellernummer",
		"serial", "serial number", "serial no", "serial nr", "s/n", "sn", "serialno", "fabrication number", "fabrication no", "manufacturing number",
		"tillverkningsnummer", "tillverkningsnr",
		"serie nr", "produksjonsnummer",
		"numer seryjny", "nr seryjny", "numer fabryczny", "nr fabryczny", "nr fabr", "nr ser",
		"serie nummer", "fabricagenummer",
		"n° de série", "numéro de série", "no de série", "n° série", "numéro série", "numéro de fabrication", "n° de fabrication",
		"výrobní číslo", "sériové číslo", "výr. číslo", "výrobní č", "v.č.", "výr.č.",
		"numero di serie", "n. serie", "numero seriale", "seriale", "n° serie", "numero di fabbricazione", "numero di fabbrica",
	}},
	{field: Number, rank: 1, words: []string{
		"målernr", "målernummer", "måler nr", "måler nummer", "måler-id", "måler id", "måler", "målerens nummer", "vandmåler nr", "varmemåler nr", "målernr.",
		"zählernummer", "zählernr", "zähler-nr", "zähler nummer", "zähler-id", "zähler", "gerätenummer", "geräte-nr", "gerätenr", "geräte-id", "gerät", "wasserzählernummer", "wärmezählernummer", "wasserzähler nr", "wärmezähler nr", "messgerätenummer", "messgerät", "hkv-nummer", "hkv-nr", "zählernumer",
		"meter", "meter no", "meter number", "meter nr", "meter id", "meterid", "meter serial", "meter serial number", "device id", "device number", "device no", "number", "id number", "identification number", "identification no",
		"mätarnummer", "mätarnr", "mätar-id", "mätare", "mätarens nummer", "mätare nr",
		"målar nr", "målenummer", "målernr", "måler nummer", "vannmåler nr", "vannmålernummer", "energimåler nr",
		"numer licznika", "nr licznika", "licznik", "nr wodomierza", "numer wodomierza", "wodomierz", "nr ciepłomierza", "numer ciepłomierza", "nr podzielnika", "numer podzielnika", "numer urządzenia", "nr urządzenia", "id licznika",
		"meternummer", "meternr", "nummer meter", "meter-id", "watermeternummer", "toestelnummer",
		"numéro", "numéro de compteur", "n° compteur", "n° de compteur", "numéro compteur", "no compteur", "no de compteur", "compteur", "n° d'appareil", "numéro d'appareil", "id compteur",
		"číslo měřidla", "číslo měřiče", "číslo vodoměru", "č. vodoměru", "č. měřidla", "č. měřiče", "číslo přístroje", "číslo kalorimetru", "číslo", "měřidlo", "vodoměr", "id měřidla", "číslo indikátoru",
		"matricola", "numero matricola", "n. matricola", "n° matricola", "nr matricola", "matricola contatore", "numero contatore", "n. contatore", "n° contatore", "contatore", "id contatore", "numero apparecchio", "codice contatore",
	}},
	{field: Number, rank: 0, weak: true, words: []string{"nr", "no", "n°", "nummer", "num", "nº", "č", "numer", "numero", "address", "manufacturerid", "device"}},

	{field: Key, rank: 9, words: []string{"key"}},
	{field: Key, rank: 3, words: []string{
		"dek", "data encryption key", "wm-bus key", "wmbus key", "m-bus key", "oms key", "oms-key", "wm-bus nøgle", "wm-bus schlüssel", "oms-schlüssel", "radio key", "funkschlüssel", "dekkey",
	}},
	{field: Key, rank: 2, words: []string{
		"aes", "aes-nøgle", "aes nøgle", "aes128 nøgle", "krypteringsnøgle", "dekrypteringsnøgle", "kryptonøgle", "krypteringskode",
		"aes-schlüssel", "aes schlüssel", "aes-128-schlüssel", "krypto-schlüssel", "kryptoschlüssel", "verschlüsselungsschlüssel", "entschlüsselungsschlüssel", "verschlüsselung", "aes-code",
		"aes key", "aes-key", "aes128", "aes-128", "aes-128 key", "aes128 key", "encryption key", "decryption key", "encryption", "aeskey", "enckey", "cipher key", "key aes", "security key", "key value", "aes code",
		"krypteringsnyckel", "aes-nyckel", "aes nyckel", "dekrypteringsnyckel",
		"krypteringsnøkkel", "aes-nøkkel", "aes nøkkel", "dekrypteringsnøkkel",
		"klucz aes", "klucz szyfrujący", "klucz szyfrowania", "klucz deszyfrujący", "klucz deszyfrowania", "klucz kodowania", "klucz kryptograficzny", "klucz radiowy", "aes klucz",
		"aes-sleutel", "aes sleutel", "encryptiesleutel", "versleutelingssleutel", "decryptiesleutel", "encryptie sleutel",
		"clé aes", "clé de chiffrement", "clé de cryptage", "clé de déchiffrement", "clé de décryptage", "clé d'encryptage", "clé radio", "clé oms",
		"aes klíč", "klíč aes", "šifrovací klíč", "dešifrovací klíč", "kryptovací klíč",
		"chiave aes", "chiave di cifratura", "chiave di crittografia", "chiave crittografica", "chiave di decodifica", "chiave di decrittazione", "chiave criptazione", "chiave di criptazione", "chiave radio",
	}},
	{field: Key, rank: 1, words: []string{"nøgle", "nøgler", "schlüssel", "keys", "nyckel", "nøkkel", "klucz", "sleutel", "clé", "clef", "klíč", "chiave"}},

	{field: Manufacturer, words: []string{
		"manufacturer", "fabrikat", "producent", "leverandør", "mærke", "målerfabrikat",
		"hersteller", "herstellerkürzel", "herstellercode", "hersteller-code", "firma", "marke", "lieferant",
		"manufacturer code", "manufacturer id", "mfr", "mfct", "man", "manuf", "maker", "make", "vendor", "brand", "mfg", "supplier", "vendorid",
		"tillverkare", "leverantör", "märke",
		"produsent", "merke", "fabrikant",
		"producent licznika", "wytwórca", "marka",
		"fabrikant", "merk", "leverancier",
		"fabricant", "marque", "constructeur", "fournisseur",
		"výrobce", "značka", "dodavatel",
		"costruttore", "produttore", "fabbricante", "marca", "casa costruttrice", "fornitore",
	}},
	{field: Entrance, words: []string{
		"entrance", "opgang", "indgang", "blok", "opg", "bygning", "hus", "husnr", "husnummer",
		"haus", "eingang", "aufgang", "gebäude", "treppenhaus", "hausnr", "hausnummer", "gebäudeteil", "stiege",
		"building", "block", "house", "staircase", "stairs", "stair", "stairwell", "house no", "house number", "core",
		"trapphus", "uppgång", "trappa", "ingång", "port", "byggnad", "trapp",
		"oppgang", "inngang", "blokk", "bygg",
		"klatka", "klatka schodowa", "budynek", "brama", "wejście", "nr klatki", "nr budynku",
		"portiek", "ingang", "gebouw", "trappenhuis", "blok",
		"entrée", "bâtiment", "escalier", "immeuble", "bât", "cage d'escalier", "cage", "allée",
		"vchod", "schodiště", "dům", "budova", "č. vchodu", "číslo vchodu", "objekt",
		"scala", "edificio", "ingresso", "palazzina", "corpo", "fabbricato", "civico",
	}},
	{field: Floor, words: []string{
		"floor", "etage", "sal", "etg", "geschoss", "stockwerk", "stock", "ebene", "level", "storey", "story", "våning", "vån", "plan", "våningsplan",
		"etasje", "piętro", "kondygnacja", "poziom", "verdieping", "woonlaag", "étage", "niveau", "patro", "podlaží", "poschodí", "piano",
	}},
	{field: Apartment, words: []string{
		"apartment", "lejlighed", "lejl", "bolig", "lejemål", "side", "dør", "lejlighedsnr", "lejlighedsnummer", "lejemålsnr", "boligenhed", "enhed",
		"wohnung", "whg", "we", "wohneinheit", "nutzeinheit", "ne", "wohnungsnr", "wohnungsnummer", "whg-nr", "we-nr", "ne-nr", "top", "mieteinheit", "nutzeinheit nr",
		"apt", "flat", "unit", "dwelling", "door", "apartment no", "apartment number", "flat no", "flat number", "unit no", "unit number", "apt no", "suite",
		"lägenhet", "lgh", "lägenhetsnr", "lägenhetsnummer", "lgh nr", "lgh-nr", "bostad",
		"leilighet", "leil", "leilighetsnr", "leilighetsnummer", "bruksenhet", "bolignummer", "h-nummer", "seksjon", "enhet",
		"mieszkanie", "nr lokalu", "nr mieszkania", "numer lokalu", "numer mieszkania", "m", "nr m",
		"woning", "appartement", "huisnummer", "woningnummer", "appartementnummer", "woningnr",
		"logement", "lot", "porte", "n° logement", "numéro de logement", "n° appartement", "appt", "n° lot",
		"byt", "č. bytu", "číslo bytu", "bytová jednotka", "jednotka", "byt č",
		"interno", "appartamento", "unità", "unità immobiliare", "int", "alloggio", "n. interno",
	}},
	{field: Apartment, weak: true, words: []string{"lokal"}}, // in Danish a room
	{field: Room, words: []string{
		"room", "rum", "værelse", "lokale", "raum", "zimmer", "raumbezeichnung", "rom", "pomieszczenie", "pokój", "ruimte", "kamer", "vertrek", "pièce", "local", "salle",
		"místnost", "pokoj", "stanza", "locale", "vano", "ambiente",
	}},
	{field: Place, words: []string{
		"place", "placering", "adresse", "målested", "installationsadresse", "beliggenhed", "lokation", "sted",
		"lage", "einbauort", "montageort", "standort", "messstelle", "ort", "einbaulage", "anschrift", "liegenschaft/wohnung",
		"location", "position", "address", "installation place", "mounting place", "site", "placement", "meter location",
		"adress", "läge", "mätarplats", "plats",
		"plassering", "plass",
		"lokalizacja", "adres", "miejsce", "miejsce montażu", "położenie", "umiejscowienie",
		"locatie", "plaats", "opstelplaats",
		"emplacement", "localisation", "lieu",
		"umístění", "adresa", "poloha", "lokalita",
		"posizione", "ubicazione", "indirizzo", "collocazione", "luogo",
	}},
	{field: Medium, words: []string{
		"medium", "målertype", "medie", "forbrugstype", "måler type", "forsyning", "forsyningsart", "måleart",
		"zählerart", "geräteart", "gerätetyp", "zählertyp", "energieart", "verbrauchsart", "messart", "sparte", "medium/art", "energieträger",
		"media", "meter type", "utility", "consumption type", "device type", "energy", "energie", "commodity", "kind", "type of meter", "consumptiontype", "service",
		"mätartyp", "mediatyp", "mätartyp",
		"forbruk", "forbrukstype", "måleslag",
		"rodzaj", "typ licznika", "rodzaj licznika", "typ urządzenia", "rodzaj urządzenia", "rodzaj medium",
		"metertype", "soort", "soort meter",
		"fluide", "type de compteur", "énergie", "nature", "type compteur",
		"médium", "typ měřidla", "druh", "druh měřidla", "druh energie", "typ měřiče",
		"mezzo", "tipo contatore", "servizio", "fluido", "tipo di contatore", "tipologia", "energia",
	}},
	{field: Medium, weak: true, words: []string{"type", "typ", "art", "tipo", "slags", "soort"}},
	{field: Timeout, words: []string{"timeout", "wait", "wait time"}},
	{field: Note, words: []string{
		"note", "bemærkning", "bemærkninger", "kommentar", "noter", "notat", "noget", "bemærk",
		"bemerkung", "bemerkungen", "hinweis", "hinweise", "notiz", "notizen", "anmerkung", "anmerkungen",
		"notes", "remark", "remarks", "comment", "comments", "name", "description",
		"anmärkning", "anmärkningar", "kommentarer", "notering", "anteckning",
		"merknad", "merknader", "anmerkning",
		"uwagi", "uwaga", "komentarz", "notatki", "opis",
		"opmerking", "opmerkingen", "notitie", "toelichting",
		"remarque", "remarques", "observations", "observation", "commentaire", "commentaires",
		"poznámka", "poznámky", "pozn",
		"osservazioni", "annotazioni", "nota", "commenti", "commento",
	}},
	{field: Trap, words: []string{"type number", "typeno", "typ-nr", "typnummer", "typenr", "data", "pk", "seal", "pos", "lfd", "lfd nr", "løbenr", "lp", "l.p.", "p.č.", "modell", "model"}},
}

// trapWords begin words of headers that are never the number or the key,
// whatever is below them. Those of up to four letters are whole words.
var trapWords = []string{
	// customers, users, orders
	"kunde", "kundn", "customer", "client", "klient", "odbiorc", "klant", "zákazn", "cliente", "abonn", "forbruger", "utente", "utilisateur", "bruger", "brukar", "bruker",
	"navn", "vorname", "nachname", "nutzer", "user", "użytkown", "gebruiker", "uživat", "mieter", "tenant", "lejer", "beboer", "hyresg", "najemc", "huurder", "locatair", "nájemn", "inquilin", "eier", "ejer", "eigent", "owner",
	"ordre", "order", "auftrag", "bestell", "bestilling", "beställ", "commande", "zamówi", "objednáv", "ordine", "liefersch", "levering", "leverans", "delivery", "livraison", "dostaw", "batch", "charge",
	"rechnung", "faktur", "invoice", "facture", "factuur", "fattur", "artikel", "article", "varenr", "varenummer", "item", "artnr", "indeks", "katalog", "articol", "articolo",
	"tlf", "telef", "phone", "mobil", "handy", "fax", "cvr", "vat", "ustid", "iban", "steuer",
	// installations, properties, places of measurement
	"installationsn", "anlæg", "anlage", "ejendomsn", "liegenschaftsn", "property", "fastighetsn", "malepunkt", "målepunkt", "messpunkt", "meteringpoint", "zählpunkt", "gsrn", "ean", "marktlokation", "pod", "ppe", "fastighet",
	// dates and readings
	"dato", "datum", "date", "datu", "monteret", "opsat", "einbaudat", "installationsdat", "eichung", "eichjahr", "calibration", "stand", "zählerstand", "målerstand", "aflæs", "avläs", "avles", "ables", "reading", "index", "odczyt", "stan", "relevé", "stav", "lettura", "plombe", "plomb", "plomba", "verif",
	// other keys and numbers
	"appkey", "nwkkey", "appskey", "nwkskey", "joineui", "deveui", "appeui", "gpk", "general", "private", "privat", "guek", "gak", "hash", "checksum", "prüfsumme", "md5", "sha", "crc", "program", "config", "konfig", "firmware", "pin", "puk", "password", "passwort", "adgangskode", "kennwort",
	"faktor", "factor", "kc", "skala", "scale",
}

// oldWords are whole words of headers of what was there before.
var oldWords = []string{
	"old", "previous", "former", "alt", "alte", "alter", "altes", "bisherige", "bisheriger", "gammel", "gammelt", "gamle", "gammal", "gamla", "tidligere", "tidigare", "stary", "stara", "stare", "poprzedni",
	"oud", "oude", "vorige", "ancien", "ancienne", "précédent", "starý", "staré", "původní", "vecchio", "vecchia", "precedente", "ausgebaut", "demonteret", "nedtaget",
}

// totalWords begin lines below a list that are not meters.
var totalWords = []string{
	"i alt", "ialt", "total", "totalt", "totalt antal", "sum", "antal", "summe", "gesamt", "gesamtsumme", "anzahl", "gesamtanzahl", "subtotal", "grand total", "summa", "totaal", "razem", "suma", "łącznie", "ogółem",
	"aantal", "totale", "celkem", "součet", "somma", "numero totale", "nombre", "nombre total", "count", "zwischensumme", "mellemtotal", "delsum", "antall",
}

// footerWords begin other lines below a list.
var footerWords = []string{
	"dato", "datum", "date", "data", "underskrift", "unterschrift", "signature", "signatur", "namnteckning", "podpis", "handtekening", "firma", "side", "seite", "page", "sida", "strona", "pagina", "strana", "telefon", "tlf", "ort", "stand", "udskrevet", "gedruckt", "printed", "utskriven",
}
