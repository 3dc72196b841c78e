//! What can go wrong, in the words Alexa knows (protocols 2.4). The types that carry further members (power levels,
//! modes, ranges) belong to devices of other kinds and are left out, so that no answer of ours can lack one.

use serde::Serialize;

/// `payload.type` of an `ErrorResponse` in the namespace `Alexa`. Alexa may speak according to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorType {
    /// It is doing that already.
    AlreadyInOperation,
    /// The hub before the device does not answer.
    BridgeUnreachable,
    /// The device's owner turned remote control off.
    CloudControlDisabled,
    /// The device is busy.
    EndpointBusy,
    /// The device does not answer. For `ReportState` a `StateReport` with `UNREACHABLE` is better.
    EndpointUnreachable,
    /// The customer's token has run out.
    ExpiredAuthorizationCredential,
    /// The device needs an update first.
    FirmwareOutOfDate,
    /// The device is broken.
    HardwareMalfunction,
    /// The customer may not do that.
    InsufficientPermissions,
    /// A fault on our side.
    InternalError,
    /// The customer's token is no token of ours, or no longer.
    InvalidAuthorizationCredential,
    /// The directive is malformed, or one that none of our devices has.
    InvalidDirective,
    /// A value in the directive can't be.
    InvalidValue,
    /// The customer has no such device.
    NoSuchEndpoint,
    /// The device needs calibration first.
    NotCalibrated,
    /// It is not running.
    NotInOperation,
    /// No such power level.
    PowerLevelNotSupported,
    /// Too many directives.
    RateLimitExceeded,
    /// Too many failures.
    TooManyFailedAttempts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_spelled_as_the_schema_spells_them() {
        let spelled = |kind: ErrorType| serde_json::to_value(kind).unwrap();
        assert_eq!(spelled(ErrorType::NoSuchEndpoint), "NO_SUCH_ENDPOINT");
        assert_eq!(spelled(ErrorType::InvalidAuthorizationCredential), "INVALID_AUTHORIZATION_CREDENTIAL");
        assert_eq!(spelled(ErrorType::ExpiredAuthorizationCredential), "EXPIRED_AUTHORIZATION_CREDENTIAL");
        assert_eq!(spelled(ErrorType::TooManyFailedAttempts), "TOO_MANY_FAILED_ATTEMPTS");
        assert_eq!(spelled(ErrorType::FirmwareOutOfDate), "FIRMWARE_OUT_OF_DATE");
    }
}
