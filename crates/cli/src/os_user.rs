//! Who runs the command, for the audit trail.

/// The user of the operating system as far as it can be known without asking its libraries: the owner of this process where the
/// system shows it in files, else what the environment says. Whoever can open the database can write anything into it, so this is
/// a help to honest administrators and no proof.
pub(crate) fn name() -> Option<String> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let Ok(process) = std::fs::metadata("/proc/self") {
            let uid = process.uid();
            let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
            let name = in_passwd(&known, uid).map(str::to_owned).or_else(environment);
            return Some(name.unwrap_or_else(|| format!("uid {uid}")));
        }
    }
    environment()
}

fn environment() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .map(|name| name.chars().filter(|c| !c.is_control()).take(100).collect::<String>())
        .filter(|name| !name.is_empty())
}

/// The name of a user in the text of `/etc/passwd`.
#[cfg(any(target_os = "linux", test))]
fn in_passwd(text: &str, uid: u32) -> Option<&str> {
    let uid = uid.to_string();
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1) == Some(uid.as_str())).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::in_passwd;

    #[test]
    fn a_user_is_found_by_the_number_and_by_nothing_else() {
        let text =
            "root:x:0:0:root:/root:/bin/sh\n\n:x:7:7::/:\nada:x:1000:0:Ada:/home/ada:/bin/sh\nbroken\n";
        assert_eq!(in_passwd(text, 1000), Some("ada"));
        assert_eq!(in_passwd(text, 0), Some("root"));
        assert_eq!((in_passwd(text, 7), in_passwd(text, 100)), (None, None));
    }
}
