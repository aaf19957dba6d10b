//! What an administrator sets up: directories, tokens, organizations, mappings.

mod adopt;
mod brake;
mod directory;
mod grant;
mod local;
mod mapping;
mod organization;
mod page;
mod people;
mod resource;
mod resource_grant;
mod schema;
mod token;
mod user;

pub use brake::{BrakeInfo, BrakeLimits};
pub use directory::{DirectoryInfo, DirectorySettings, EnrollmentInfo, NewEnrollment};
pub use grant::GrantInfo;
pub use local::{NewLocalUser, ServerAdminInfo};
pub use mapping::{
    InvalidVersion, MappingChange, MappingEdit, MappingFilter, MappingInfo, MappingState, NewMapping,
    NewResourceMapping, OnResources, Preview, PreviewVersion, PreviewedUser,
};
pub use organization::{NewOrganization, OrganizationChange, OrganizationInfo};
pub use page::{Page, PageRequest};
pub use people::{GroupInfo, GroupMemberInfo, UserInfo, UserKind};
pub use resource::{NewResource, ResourceChange, ResourceInfo};
pub use resource_grant::ResourceGrantInfo;
pub use schema::CustomSchemas;
pub use token::{NewScimToken, NewToken, ScimTokenChange, TokenInfo};
pub use user::UserChange;

pub(crate) use adopt::each as each_resource;
pub(crate) use directory::{DEFAULT, find as find_directory};
pub(crate) use grant::enroll_at_sign_in;
pub(crate) use organization::{all as all_organizations, find as find_organization};
pub(crate) use resource::{find as find_resource, find_at as find_resource_at};

use crate::Error;

/// Longest label, display name or description line that is kept, in characters.
const LABEL_CHARACTERS: usize = 100;

/// A label: not empty, one line, of bounded length.
pub(crate) fn check_label(what: &str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LABEL_CHARACTERS || text.chars().any(char::is_control) {
        return Err(Error::Invalid(format!(
            "the {what} has 1 to {LABEL_CHARACTERS} characters and no line breaks"
        )));
    }
    Ok(text.to_owned())
}
