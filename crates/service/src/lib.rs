//! The use cases: what a request means, from its first check to its commit.
//!
//! Transactions start and end here. The crate takes parsed JSON and plain values, asks the protocol library what they mean,
//! asks the domain what follows, and lets the store keep it. It knows nothing of HTTP and writes no SQL.
//!
//! A new use case is a new file with one `impl Service` block: read or write in one closure of
//! [`Db`](enroll_store::Db), take time from [`Clock`] and randomness from [`Entropy`], return [`Error`].

mod access;
mod admin;
mod audit;
mod brake;
mod clock;
mod entropy;
mod error;
mod events;
mod idempotency;
mod kept;
mod leases;
mod models;
mod oidc;
mod public_url;
mod readiness;
mod rehearsal;
mod request_log;
mod roles;
mod scim;
mod service;
mod session;
mod sessions;
mod sign_in;
mod source;
mod standing;
mod transfer;
mod verify;
mod versions;
mod webhooks;

pub use access::{
    AccessEntry, AccessSources, CheckAnswer, ExplainAnswer, MemberEntry, MembersPage, ResourceExplainAnswer,
    ResourceMemberEntry, UserSummary,
};
pub use admin::{
    BrakeInfo, BrakeLimits, CustomSchemas, DirectoryInfo, DirectorySettings, EnrollmentInfo, GrantInfo,
    GroupInfo, GroupMemberInfo, InvalidVersion, MappingChange, MappingEdit, MappingFilter, MappingInfo,
    MappingState, NewEnrollment, NewLocalUser, NewMapping, NewOrganization, NewResource, NewResourceMapping,
    NewScimToken, NewToken, OnResources, OrganizationChange, OrganizationInfo, Page, PageRequest, Preview,
    PreviewVersion, PreviewedUser, ResourceChange, ResourceGrantInfo, ResourceInfo, ScimTokenChange,
    ServerAdminInfo, TokenInfo, UserChange, UserInfo, UserKind,
};
pub use audit::{AuditFilter, AuditFormat, AuditQuery, Broken, ChainReport, ChainedEntry};
pub use clock::Clock;
pub use enroll_store::Generation;
pub use entropy::Entropy;
pub use error::Error;
pub use events::{Event, EventActor, EventPage, EventPlace, EventQuery, EventSubject};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey, Known, Once};
pub use kept::Seen;
pub use models::{Models, ResourceKind, ResourceTypeDefinition};
pub use oidc::{
    Authorize, ClientCredentials, ClientInfo, ClientSettings, LogoutMessage, LogoutOutcome, NewClient,
    OAuthError, Parameters, Refusal, SignOut, TokenRequest, Tokens,
};
pub use public_url::{InvalidPublicUrl, PublicUrl};
pub use readiness::{Concerned, ReadinessFinding, ReadinessReport, Severity};
pub use rehearsal::{Rehearsal, RehearsedChange};
pub use request_log::{
    DirectoryHealth, Exchange, KEPT_BODY_BYTES, LastError, LoggedCaller, LoggedError, LoggedFailure,
    LoggedFailures, LoggedNote, LoggedRequest, RequestFilter, RequestLog, RequestLogOptions, RequestLogPage,
    RequestLogReader, StatusFilter,
};
pub use roles::{Cause, Explained, PastAnswer, ResourcePastAnswer};
pub use scim::{
    Answer, Bulked, CURSOR_TIMEOUT, FailedOperation, FailedOperations, IfMatch, ListRequest, Outcome,
    ProjectionRequest, WriteOptions, Written,
};
pub use service::{Load, Service, ServiceOptions};
pub use session::{ApiSession, ScimSession, SessionUser};
pub use sessions::{
    NewSession, SessionDetails, SessionInfo, SessionLimits, SignedIn, SignedInUser, UserOrganization,
};
pub use sign_in::{
    Arrived, Authenticated, BeforeAfter, BegunLogout, BegunSignIn, Browser, CertificateInfo,
    ConfigurationCheck, Join, LoggedSignIn, LoggedStep, LogoutAsked, METADATA_BYTES, MetadataChanges,
    MetadataRefresh, MetadataSource, MetadataTaken, NameId, Posted, RefusedLogout, RefusedSignIn,
    SignInOutcome, SignInPlace, SignInTest, SignInWish, SsoAttributes, SsoInfo, SsoRefresh, SsoSettings,
    SsoTest, check_return_path,
};
pub use source::{GroupSummary, ImpliedView, ResourceSourceView, SourceView};
pub use transfer::{
    Counts, EndLine, EnrollmentLine, FORMAT_VERSION, GrantLine, GroupLine, HEADER, HeaderLine, ImportOptions,
    ImportOutcome, ImportedLine, Line, ManagerLine, MappingLine, MembersLine, OrganizationLine, ResourceLine,
    UserLine,
};
pub use verify::{Finding, VerifyReport};
pub use versions::Versioned;
pub use webhooks::{
    Delivered, DeliveryInfo, DueWebhooks, FailedDelivery, NewWebhook, SECURITY_EVENT_URIS, Scanned,
    WebhookBatch, WebhookChange, WebhookInfo, WebhookMessage, WebhookState, WebhookWithSecret,
};
