"""Names, companies and phone numbers of fictitious people. Any resemblance is coincidental."""

# ruff: noqa: RUF001 - names keep their own letters

import unicodedata

_NAMES = [
    (
        "Ayşe Elif Zeynep Selin Defne Emre Burak Kerem Onur Deniz",
        "Yılmaz Kaya Demir Şahin Çelik Öztürk Aydın Arslan Koç Doğan",
    ),
    (
        "Emily Charlotte Grace Hannah Oliver George Harry Thomas Daniel Alice",
        "Carter Hughes Bennett Foster Palmer Walsh Turner Brooks Marsh Hayes",
    ),
    (
        "Lena Johanna Katharina Anke Jonas Lukas Matthias Jürgen Felix Greta",
        "Weber Schäfer Hoffmann Krüger Vogel Brandt Lorenz Groß Winkler Seidel",
    ),
    (
        "Lucía Carmen Inés Marta Álvaro Javier Pablo Sergio Diego Nuria",
        "García Moreno Ortega Núñez Romero Vidal Castro Iglesias Prieto Lozano",
    ),
    (
        "Chioma Ngozi Amara Folake Yewande Chinedu Emeka Tunde Babajide Ifeanyi",
        "Okafor Adeyemi Eze Balogun Nwosu Okonkwo Adebayo Olawale Obi Bello",
    ),
    (
        "Priya Ananya Kavya Meera Aditi Arjun Rohan Vikram Sanjay Nikhil",
        "Sharma Iyer Patel Reddy Nair Gupta Menon Kulkarni Banerjee Joshi",
    ),
    (
        "Yuki Haruka Sakura Aiko Naomi Kenji Haruto Takumi Daichi Ren",
        "Tanaka Suzuki Nakamura Kobayashi Yamamoto Watanabe Mori Ishikawa Ogawa Fujita",
    ),
    (
        "Camille Élodie Manon Claire Sophie Antoine Julien Mathieu Rémi Hugo",
        "Lefèvre Moreau Girard Rousseau Fontaine Chevalier Garnier Faure Perrin Marchand",
    ),
    (
        "Beatriz Mariana Larissa Joana Rafael Tiago Gustavo Thiago João Caio",
        "Silva Oliveira Almeida Ribeiro Carvalho Teixeira Barbosa Araújo Moura Cardoso",
    ),
    (
        "Agnieszka Magda Ola Zofia Kasia Piotr Paweł Marek Tomasz Jakub",
        "Nowak Wójcik Kaczmarek Mazur Duda Król Pawlak Wrona Lis Sikora",
    ),
    (
        "Layla Nour Salma Yasmin Rania Omar Karim Youssef Tariq Hassan",
        "Haddad Mansour Khalil Nasser Rahman Saleh Farouk Aziz Hamdan Sabbagh",
    ),
    (
        "Linnea Astrid Ingrid Freja Saga Erik Lars Anders Søren Mikkel",
        "Lindqvist Bergström Nygård Halvorsen Dahl Sørensen Holm Åkesson Ekström Lund",
    ),
    (
        "Mei Xiu Jia Lan Hui Wei Jun Ming Hao Bo",
        "Chen Zhang Liu Huang Zhao Wu Zhou Xu Sun Lin",
    ),
    (
        "Chiara Giulia Francesca Elisa Paola Marco Matteo Luca Davide Pietro",
        "Rossi Ferrari Conti Marino Gallo Fontana Ricci Greco Longo Villa",
    ),
]
FULL_NAMES = [
    f"{first} {last}"
    for firsts, lasts in _NAMES
    for first in firsts.split()
    for last in lasts.split()
]

COMPANIES = [
    "Harbour Analytics",
    "Northgate Architects",
    "Blue Kiln Ceramics",
    "Fernwood Translations",
    "Quarto Type Studio",
    "Saltmarsh Films",
    "Pinion Robotics",
    "Lantern Legal",
    "Meridian Maps",
    "Orchard Health",
    "Tidewater Energy",
    "Copperleaf Accounting",
    "Juniper Learning",
    "Stonebridge Ventures",
    "Willow & Wren Design",
    "Cobalt Security",
    "Papertrail Archives",
    "Sundial Travel",
]

# Number ranges that the US and UK regulators reserve for fiction.
_PHONES = ["+1 212 555 01{:02d}", "+1 415 555 01{:02d}", "+44 20 7946 00{:02d}"]
_NOT_DECOMPOSABLE = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "ß": "ss"})


def phone_number(number: int) -> str:
    """Return one of 300 phone numbers that are never assigned."""
    form, last_digits = divmod(number % 300, 100)
    return _PHONES[form].format(last_digits)


def ascii_slug(text: str) -> str:
    """Return the text for an e-mail address: lower case, ASCII, dots between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSABLE))
    ascii_only = decomposed.encode("ascii", "ignore").decode()
    return ".".join(ascii_only.replace("&", " ").split())
