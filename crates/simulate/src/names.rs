//! The names that made-up companies are filled with.
//!
//! The second column is what a directory would put into an address. The lists hold what breaks careless
//! servers: letters outside ASCII (composed and right-to-left), apostrophes, hyphens, blanks and a one-letter name.

/// Given names with their form in an address.
pub(crate) const GIVEN: &[(&str, &str)] = &[
    ("Ana", "ana"),
    ("Jürgen", "juergen"),
    ("Zoë", "zoe"),
    ("Siobhán", "siobhan"),
    ("Mehmet", "mehmet"),
    ("Priya", "priya"),
    ("Łukasz", "lukasz"),
    ("花子", "hanako"),
    ("Søren", "soren"),
    ("Amélie", "amelie"),
    ("Dmitri", "dmitri"),
    ("D'Arcy", "darcy"),
    ("Chloe", "chloe"),
    ("José María", "jose.maria"),
    ("Ngọc", "ngoc"),
    ("Thabo", "thabo"),
    ("Ingrid", "ingrid"),
    ("ليلى", "layla"),
    ("Anne-Sophie", "anne-sophie"),
    ("Kwame", "kwame"),
    ("Olena", "olena"),
    ("Ravi", "ravi"),
    ("Þóra", "thora"),
    ("Beatriz", "beatriz"),
    ("Wei", "wei"),
    ("Noor", "noor"),
    ("İpek", "ipek"),
    ("Sam", "sam"),
    ("Máté", "mate"),
];

/// Family names with their form in an address.
pub(crate) const FAMILY: &[(&str, &str)] = &[
    ("García", "garcia"),
    ("O'Brien", "o'brien"),
    ("Müller", "mueller"),
    ("Nguyễn", "nguyen"),
    ("山田", "yamada"),
    ("Kowalska", "kowalska"),
    ("van der Berg", "vanderberg"),
    ("Smith-Jones", "smith-jones"),
    ("Yılmaz", "yilmaz"),
    ("Patel", "patel"),
    ("Åkesson", "akesson"),
    ("D'Angelo", "d'angelo"),
    ("Okafor", "okafor"),
    ("Петров", "petrov"),
    ("Lindqvist", "lindqvist"),
    ("E", "e"),
    ("Fernández", "fernandez"),
    ("Straße", "strasse"),
    ("Haddad", "haddad"),
    ("Novák", "novak"),
    ("Mbeki", "mbeki"),
    ("Tanaka", "tanaka"),
    ("Rossi", "rossi"),
    ("Dubois", "dubois"),
    ("Kim", "kim"),
    ("Andersen", "andersen"),
    ("Silva", "silva"),
    ("Popescu", "popescu"),
    ("Horváth", "horvath"),
    ("O’Neill", "oneill"),
    ("Weiß", "weiss"),
];

/// Departments, largest first.
pub(crate) const DEPARTMENTS: &[&str] = &[
    "Engineering",
    "Sales",
    "Customer Support",
    "Platform",
    "Data",
    "Finance & Legal",
    "Marketing",
    "People",
];

/// Titles, from most to least common.
pub(crate) const TITLES: &[&str] =
    &["Associate", "Specialist", "Engineer", "Analyst", "Team Lead", "Manager", "Director"];

/// Group names in order of size; more are numbered.
pub(crate) const GROUPS: &[&str] = &[
    "All Staff",
    "Engineering",
    "Platform",
    "Data",
    "Sales",
    "Customer Support",
    "Engineering Admins",
    "Contractors",
    "Marketing",
    "Finance & Legal",
    "On-call (24/7)",
    "München Büro",
    "Release \"Green\" Team",
    "Board",
];
