/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table file: only names. */
#include "simulate_names.h"

#include <stddef.h>

static const char *const irish_women[] = {
    "Aoife",     "Ciara",    "Niamh",    "Saoirse", "Róisín",  "Sinéad",    "Gráinne", "Emma",
    "Sophie",    "Grace",    "Emily",    "Hannah",  "Kate",    "Laura",     "Sarah",   "Rachel",
    "Amy",       "Rebecca",  "Lucy",     "Chloe",   "Áine",    "Caoimhe",   "Deirdre", "Fiona",
    "Orla",      "Maeve",    "Clodagh",  "Eimear",  "Bríd",    "Siobhán",   "Megan",   "Katie",
    "Anna",      "Jessica",  "Alison",   "Claire",  "Helen",   "Louise",    "Nicola",  "Ruth",
    "Charlotte", "Victoria", "Margaret", "Eleanor", "Bronagh", "Mary-Kate", "Jo",      "Zoë",
    "Holly",     "Leah",     "Molly",    "Naomi",   "Gemma",   "Tara",      "Una",     NULL};
static const char *const irish_men[] = {
    "Conor",   "Seán",    "Cian",    "Oisín",  "Darragh", "Fionn",  "Pádraig", "Tadhg",
    "Eoin",    "Ciarán",  "Rory",    "Liam",   "Jack",    "James",  "Daniel",  "Michael",
    "Patrick", "David",   "Thomas",  "Adam",   "Luke",    "Ryan",   "Mark",    "Paul",
    "Brian",   "Kevin",   "Stephen", "Niall",  "Declan",  "Cormac", "Donal",   "Fergal",
    "Gavin",   "Ronan",   "Shane",   "Colm",   "Dermot",  "Aidan",  "Robert",  "Peter",
    "Andrew",  "Matthew", "Simon",   "Graham", "Oliver",  "Harry",  "George",  "Ian",
    "Ben",     "Sam",     "Joe",     "Alex",   "Nathan",  "Ruairí", "Lorcán",  NULL};
static const char *const irish_family[] = {
    "Murphy",      "Kelly",      "O'Sullivan", "Walsh",     "Smith",     "O'Brien",
    "Byrne",       "Ryan",       "O'Connor",   "O'Neill",   "O'Reilly",  "Doyle",
    "McCarthy",    "Gallagher",  "Doherty",    "Kennedy",   "Lynch",     "Murray",
    "Quinn",       "Moore",      "McLoughlin", "O'Carroll", "Connolly",  "Daly",
    "O'Connell",   "Wilson",     "Dunne",      "Brennan",   "Burke",     "Collins",
    "Campbell",    "Clarke",     "Johnston",   "Hughes",    "O'Farrell", "Fitzgerald",
    "Brown",       "Martin",     "Maguire",    "Nolan",     "Flynn",     "Thompson",
    "O'Callaghan", "O'Donnell",  "Duffy",      "O'Mahony",  "Boyle",     "Healy",
    "O'Shea",      "White",      "Sweeney",    "Hayes",     "Kavanagh",  "Power",
    "McGrath",     "Moran",      "Brady",      "Stewart",   "Casey",     "Foley",
    "Fitzpatrick", "O'Leary",    "McDonnell",  "MacMahon",  "Donnelly",  "Regan",
    "Donovan",     "Burns",      "Flanagan",   "Mullan",    "Barry",     "Kane",
    "Robinson",    "Cunningham", "Griffin",    "Kenny",     "Sheehan",   "Ward",
    "Whelan",      "Lyons",      "Reid",       "Graham",    "Higgins",   "Cullen",
    "Keane",       "King",       "Maher",      "MacKenna",  "Bell",      "Scott",
    "Hogan",       "O'Keeffe",   "Magee",      "MacNamara", "MacDonald", "MacDermott",
    "Molony",      "O'Rourke",   "Buckley",    "O'Dwyer",   "D'Arcy",    "Ó Súilleabháin",
    "Ní Chonaill", "Mac Giolla", NULL};

static const char *const french_women[] = {
    "Camille",  "Léa",      "Manon",      "Chloé",       "Inès",        "Jade",    "Louise",
    "Zoé",      "Élodie",   "Aurélie",    "Céline",      "Hélène",      "Margaux", "Juliette",
    "Anaïs",    "Mathilde", "Pauline",    "Clémence",    "Noémie",      "Amélie",  "Sandrine",
    "Nathalie", "Valérie",  "Isabelle",   "Anne-Sophie", "Marie-Laure", "Agathe",  "Éloïse",
    "Solène",   "Maëlys",   "Françoise",  "Véronique",   "Sylvie",      "Océane",  "Lucie",
    "Romane",   "Justine",  "Marguerite", "Apolline",    "Capucine",    NULL};
static const char *const french_men[] = {
    "Lucas",    "Hugo",    "Théo",      "Mathis",      "Enzo",        "Louis",    "Gabriel",
    "Raphaël",  "Jules",   "Maxime",    "Antoine",     "Clément",     "Baptiste", "Quentin",
    "Nicolas",  "Julien",  "Sébastien", "Jérôme",      "François",    "Benoît",   "Guillaume",
    "Rémi",     "Loïc",    "Gaël",      "Jean-Pierre", "Jean-Marc",   "Philippe", "Stéphane",
    "Frédéric", "Olivier", "Étienne",   "Aurélien",    "Damien",      "Florian",  "Adrien",
    "Cédric",   "Noé",     "Anatole",   "Timothée",    "Pierre-Yves", NULL};
static const char *const french_family[] = {
    "Martin",    "Bernard",  "Dubois",   "Thomas",    "Robert",      "Richard",    "Petit",
    "Durand",    "Leroy",    "Moreau",   "Simon",     "Laurent",     "Lefèvre",    "Michel",
    "Garcia",    "David",    "Bertrand", "Roux",      "Vincent",     "Fournier",   "Morel",
    "Girard",    "André",    "Mercier",  "Dupont",    "Lambert",     "Bonnet",     "François",
    "Martinez",  "Legrand",  "Garnier",  "Faure",     "Rousseau",    "Blanc",      "Guérin",
    "Müller",    "Henry",    "Roussel",  "Nicolas",   "Perrin",      "Morin",      "Mathieu",
    "Clément",   "Gauthier", "Dumont",   "López",     "Fontaine",    "Chevalier",  "Robin",
    "Masson",    "Sanchez",  "Gérard",   "Nguyễn",    "Boyer",       "Denis",      "Lemaire",
    "Duval",     "Joly",     "Gautier",  "Roger",     "Roche",       "Roy",        "Noël",
    "Meyer",     "Lucas",    "Meunier",  "Jean",      "Pérez",       "Marchand",   "Dufour",
    "Blanchard", "Marie",    "Barbier",  "Brun",      "Dumas",       "Brunet",     "Schmitt",
    "Leroux",    "Colas",    "Le Gall",  "d'Aubigné", "de Villiers", "L'Hermitte", "Crépin",
    NULL};

static const char *const german_women[] = {
    "Anna",        "Lena",      "Lea",    "Laura",     "Julia",    "Lisa",      "Sarah",
    "Katharina",   "Johanna",   "Jana",   "Svenja",    "Stefanie", "Sabine",    "Petra",
    "Monika",      "Käthe",     "Jördis", "Antje",     "Birgit",   "Anneliese", "Heike",
    "Ulrike",      "Franziska", "Greta",  "Frieda",    "Mathilda", "Marlene",   "Emilia",
    "Anne-Katrin", "Merle",     "Wiebke", "Tanja",     "Nadine",   "Melanie",   "Kerstin",
    "Silke",       "Jule",      "Pia",    "Charlotte", NULL};
static const char *const german_men[] = {
    "Lukas",      "Leon",    "Finn",    "Jonas",     "Paul",    "Felix",   "Maximilian",
    "Moritz",     "Jürgen",  "Jörg",    "Günther",   "Björn",   "Sören",   "Matthias",
    "Stefan",     "Andreas", "Thomas",  "Uwe",       "Karsten", "Torsten", "Hans-Jürgen",
    "Karl-Heinz", "Tobias",  "Florian", "Sebastian", "Philipp", "Jan",     "Nils",
    "Ole",        "Fritz",   "Emil",    "Anton",     "Oskar",   "Henrik",  "Götz",
    "Rüdiger",    "Malte",   "Kai-Uwe", "Timo",      NULL};
static const char *const german_family[] = {
    "Müller",     "Schmidt", "Schneider", "Fischer", "Weber",   "Meyer",      "Wagner",
    "Becker",     "Schulz",  "Hoffmann",  "Schäfer", "Koch",    "Bauer",      "Richter",
    "Klein",      "Wolf",    "Schröder",  "Neumann", "Schwarz", "Zimmermann", "Braun",
    "Krüger",     "Hofmann", "Hartmann",  "Lange",   "Schmitt", "Werner",     "Schmitz",
    "Krause",     "Meier",   "Lehmann",   "Schmid",  "Schulze", "Maier",      "Köhler",
    "Herrmann",   "König",   "Walter",    "Mayer",   "Huber",   "Kaiser",     "Fuchs",
    "Peters",     "Lang",    "Scholz",    "Möller",  "Weiß",    "Jung",       "Hahn",
    "Schubert",   "Vogel",   "Friedrich", "Keller",  "Günther", "Frank",      "Berger",
    "Winkler",    "Roth",    "Beck",      "Lorenz",  "Baumann", "Franke",     "Albrecht",
    "Schuster",   "Simon",   "Ludwig",    "Böhm",    "Winter",  "Kraus",      "Martin",
    "Schumacher", "Krämer",  "Vogt",      "Stein",   "Jäger",   "Otto",       "Sommer",
    "Groß",       "Seidel",  "Heinrich",  "Brandt",  "Haas",    "Schreiber",  "Graf",
    "Dietrich",   "Ziegler", "von Bülow", NULL};

static const char *const european_women[] = {
    "Zuzanna", "Agnieszka", "Małgorzata", "Katarzyna", "Żaneta",    "Božena",   "Šárka",
    "Ludmiła", "Đurđica",   "Željka",     "Ilona",     "Zsófia",    "Ágnes",    "Björk",
    "Þórunn",  "Åsa",       "Linnéa",     "Maja",      "Ingrid",    "Kirsten",  "Sanna",
    "Päivi",   "María",     "Lucía",      "Begoña",    "Núria",     "Inês",     "Joana",
    "Beatriz", "Conceição", "Giulia",     "Chiara",    "Francesca", "Ayşe",     "Gülşen",
    "Elif",    "Ștefania",  "Ioana",      "Ștefana",   "Thị Hương", "Ngọc Anh", "Petra",
    "Birutė",  "Jūratė",    "Liene",      "Kadri",     "Elena",     "Anahit",   "Lusine",
    "Nare",    "Mariam",    "Siranush",   NULL};
static const char *const european_men[] = {
    "Paweł",    "Łukasz", "Michał",    "Grzegorz", "Wojciech", "Jiří",    "Ondřej", "Tomáš",
    "Đorđe",    "Željko", "László",    "Gergő",    "Sigurður", "Þór",     "Åke",    "Göran",
    "Søren",    "Jens",   "Mikko",     "Väinö",    "José",     "Íñigo",   "Ángel",  "João",
    "Gonçalo",  "Matteo", "Luca",      "Mehmet",   "Çağrı",    "Ömer",    "Ștefan", "Răzvan",
    "Văn Minh", "Đức",    "Mindaugas", "Jānis",    "Priit",    "Andrius", "Tigran", "Hayk",
    "Davit",    "Aram",   "Gevorg",    "Petros",   "Vardan",   "Marek",   "Piotr",  "Kacper",
    "Dawid",    NULL};
static const char *const european_family[] = {
    "Kowalski",    "Wiśniewski",   "Wójcik",    "Kamiński",  "Lewandowski", "Zieliński",
    "Szymański",   "Dąbrowski",    "Kozłowski", "Nowak",     "Novák",       "Dvořák",
    "Horváth",     "Szabó",        "Nagy",      "Kovačević", "Petrović",    "Đukić",
    "Lindqvist",   "Bergström",    "Ångström",  "Sjögren",   "Hansen",      "Sørensen",
    "Virtanen",    "Mäkelä",       "García",    "Núñez",     "Fernández",   "Ibáñez",
    "Gonçalves",   "Magalhães",    "Araújo",    "Rossi",     "Esposito",    "D'Angelo",
    "Yıldız",      "Öztürk",       "Şahin",     "Çelik",     "Ionescu",     "Țăranu",
    "Popescu",     "Nguyễn",       "Trần",      "Phạm",      "Kazlauskas",  "Ozoliņš",
    "Tamm",        "Petrosyan",    "Hakobyan",  "Sargsyan",  "Grigoryan",   "Harutyunyan",
    "Khachatryan", "Hovhannisyan", "Vardanyan", "Manukyan",  "Ó Cuív",      "van der Berg",
    "N'Diaye",     "Diop",         "Okafor",    "Adeyemi",   "Mbeki",       "Silva",
    "dos Santos",  "Jónsdóttir",   NULL};

static const char *const armenian_women[] = {"Անահիտ|Anahit",
                                             "Նարե|Nare",
                                             "Մարիամ|Mariam",
                                             "Լուսինե|Lusine",
                                             "Շուշան|Shushan",
                                             "Գայանե|Gayane",
                                             "Արփինե|Arpine",
                                             "Հասմիկ|Hasmik",
                                             "Սիրանուշ|Siranush",
                                             "Եվա|Eva",
                                             "Աստղիկ|Astghik",
                                             "Զարուհի|Zaruhi",
                                             NULL};
static const char *const armenian_men[] = {
    "Տիգրան|Tigran", "Հայկ|Hayk",     "Դավիթ|Davit", "Արամ|Aram",  "Գևորգ|Gevorg",
    "Պետրոս|Petros", "Վարդան|Vardan", "Նարեկ|Narek", "Աշոտ|Ashot", "Մհեր|Mher",
    "Կարեն|Karen",   "Սամվել|Samvel", NULL};
static const char *const armenian_family[] = {"Պետրոսյան|Petrosyan",
                                              "Հակոբյան|Hakobyan",
                                              "Սարգսյան|Sargsyan",
                                              "Գրիգորյան|Grigoryan",
                                              "Հարությունյան|Harutyunyan",
                                              "Խաչատրյան|Khachatryan",
                                              "Հովհաննիսյան|Hovhannisyan",
                                              "Վարդանյան|Vardanyan",
                                              "Ավետիսյան|Avetisyan",
                                              "Մկրտչյան|Mkrtchyan",
                                              "Տեր-Պետրոսյան|Ter-Petrosyan",
                                              "Մանուկյան|Manukyan",
                                              NULL};

static const char *const cyrillic_women[] = {
    "Анна|Anna",         "Ольга|Olha",        "Наталія|Nataliia", "Оксана|Oksana",   "Юлія|Yuliia",
    "Катерина|Kateryna", "Світлана|Svitlana", "Марія|Mariia",     "Елена|Elena",     "Ирина|Irina",
    "Татьяна|Tatiana",   "Дарья|Daria",       "Соломія|Solomiia", "Љиљана|Ljiljana", NULL};
static const char *const cyrillic_men[] = {"Олександр|Oleksandr", "Андрій|Andrii",
                                           "Сергій|Serhii",       "Дмитро|Dmytro",
                                           "Тарас|Taras",         "Богдан|Bohdan",
                                           "Иван|Ivan",           "Алексей|Aleksei",
                                           "Михаил|Mikhail",      "Юрій|Yurii",
                                           "Ђорђе|Djordje",       "Пётр|Pyotr",
                                           "Ярослав|Yaroslav",    NULL};
static const char *const cyrillic_family[] = {
    "Шевченко|Shevchenko", "Коваленко|Kovalenko",     "Бондаренко|Bondarenko",
    "Ткаченко|Tkachenko",  "Кравченко|Kravchenko",    "Мельник|Melnyk",
    "Поліщук|Polishchuk",  "Иванов|Ivanov",           "Смирнов|Smirnov",
    "Кузнецов|Kuznetsov",  "Соколовский|Sokolovskiy", "Щербаков|Shcherbakov",
    "Петровић|Petrovic",   "Димитров|Dimitrov",       NULL};

static const char *const chinese_women[] = {"美玲|Meiling", "小红|Xiaohong", "雅婷|Yating",
                                            "佳怡|Jiayi",   "欣怡|Xinyi",    "静|Jing",
                                            "丽华|Lihua",   "秀英|Xiuying",  NULL};
static const char *const chinese_men[] = {"小龍|Xiaolong", "伟|Wei",      "志明|Zhiming",
                                          "建国|Jianguo",  "俊杰|Junjie", "浩然|Haoran",
                                          "子轩|Zixuan",   "文博|Wenbo",  NULL};
static const char *const chinese_family[] = {"李|Li",   "王|Wang",  "张|Zhang", "陈|Chen",
                                             "刘|Liu",  "黄|Huang", "林|Lin",   "歐陽|Ouyang",
                                             "趙|Zhao", "吴|Wu",    NULL};
static const char *const japanese_women[] = {
    "美咲|Misaki", "陽子|Yoko", "さくら|Sakura", "結衣|Yui", "葵|Aoi", "花子|Hanako", NULL};
static const char *const japanese_men[] = {"大翔|Hiroto", "蓮|Ren",    "健太|Kenta", "太郎|Taro",
                                           "翔太|Shota",  "誠|Makoto", NULL};
static const char *const japanese_family[] = {"佐藤|Sato",     "鈴木|Suzuki",   "高橋|Takahashi",
                                              "田中|Tanaka",   "渡辺|Watanabe", "伊藤|Ito",
                                              "山本|Yamamoto", "中村|Nakamura", NULL};
static const char *const korean_women[] = {
    "서연|Seoyeon", "지우|Jiwoo", "민서|Minseo", "하은|Haeun", "수진|Sujin", "영희|Younghee", NULL};
static const char *const korean_men[] = {"민준|Minjun", "서준|Seojun",  "도윤|Doyun",
                                         "지훈|Jihoon", "현우|Hyunwoo", "철수|Chulsoo",
                                         NULL};
static const char *const korean_family[] = {"김|Kim",  "이|Lee",  "박|Park", "최|Choi",
                                            "정|Jung", "강|Kang", "조|Cho",  NULL};
static const char *const arabic_women[] = {
    "فاطمة|Fatima", "مريم|Maryam", "عائشة|Aisha", "ليلى|Layla", "نور|Nour", "سارة|Sara", NULL};
static const char *const arabic_men[] = {"محمد|Mohammed", "أحمد|Ahmed",  "علي|Ali", "يوسف|Youssef",
                                         "عمر|Omar",      "خالد|Khaled", NULL};
static const char *const arabic_family[] = {
    "العلي|Alali", "الحسن|Alhassan", "المصري|Almasri", "حداد|Haddad",
    "خوري|Khoury", "بن علي|Benali",  "السيد|Alsayed",  NULL};

const struct name_culture name_cultures[] = {
    {irish_women, irish_men, irish_family, NAME_WESTERN, {.600, .060, .040}, .02},
    {french_women, french_men, french_family, NAME_WESTERN, {.030, .630, .030}, .03},
    {german_women, german_men, german_family, NAME_WESTERN, {.020, .030, .620}, .04},
    {european_women, european_men, european_family, NAME_WESTERN, {.215, .150, .180}, .02},
    {armenian_women, armenian_men, armenian_family, NAME_WESTERN, {.030, .040, .030}, 0},
    {cyrillic_women, cyrillic_men, cyrillic_family, NAME_WESTERN, {.045, .020, .050}, 0},
    {chinese_women, chinese_men, chinese_family, NAME_EASTERN, {.020, .020, .015}, 0},
    {japanese_women, japanese_men, japanese_family, NAME_EASTERN_SPACE, {.010, .010, .010}, 0},
    {korean_women, korean_men, korean_family, NAME_EASTERN, {.010, .010, .010}, 0},
    {arabic_women, arabic_men, arabic_family, NAME_WESTERN, {.020, .030, .015}, 0},
};
const int name_culture_count = sizeof name_cultures / sizeof name_cultures[0];

const char *const names_single[] = {"Suharto", "Prakash",    "Björk",   "Ravi",
                                    "Sting",   "Teller",     "Nasreen", "မောင်|Maung",
                                    "Sukarno", "อนงค์|Anong", "Madhavi", NULL};

const char *const names_long[] = {
    "w:Marguerite Anne-Sophie de La Tour-d'Auvergne-Lauraguais",
    "w:Maria Fernanda de Albuquerque Cavalcanti e Vasconcelos",
    "m:Karl-Theodor Maria Nikolaus von und zu Hohenlohe-Waldenburg",
    "m:João Pedro Álvares da Conceição Magalhães de Sousa Coutinho",
    "m:Venkatanarasimharajuvaripeta Subrahmanya Ramakrishnan Iyer",
    "w:Wilhelmina Geertruida van den Heuvel-Oosterhuis tot Zwanenburg",
    "m:Mac Giolla Phádraig-Ó Dubhshláine, Ruaidhrí Maolsheachlainn",
    "w:Nguyễn-Phước Công-Tằng-Tôn-Nữ Thị Diễm Hương Quỳnh Như",
    NULL};

const char *const name_endings[] = {"ський", "ська", "ский", "ская", "ов", "ова",   "skiy", "skaya",
                                    "ov",    "ova",  "ski",  "ska",  "ák", "áková", NULL};
