//! Unix milliseconds as the time types of the standard library and, behind features, of other crates.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::generated::definitions::UnixMillis;
use crate::scalar::OutOfRangeError;

/// A time before 1970, or too far in the future for [`UnixMillis`].
fn refused(time: impl fmt::Display) -> OutOfRangeError {
    OutOfRangeError::new(
        "UnixMillis",
        "time from 1970 on, at most 2^53 - 1 milliseconds later",
        time,
    )
}

/// A time that the other type cannot hold.
fn out_of_reach(type_name: &'static str, time: UnixMillis) -> OutOfRangeError {
    OutOfRangeError::new(
        type_name,
        "time that its calendar reaches",
        format_args!("{time} ms after 1970"),
    )
}

/// Fails for times beyond the platform's clock.
impl TryFrom<UnixMillis> for SystemTime {
    type Error = OutOfRangeError;

    fn try_from(time: UnixMillis) -> Result<Self, Self::Error> {
        let since_epoch = Duration::from_millis(time.get());
        Self::UNIX_EPOCH.checked_add(since_epoch).ok_or_else(|| out_of_reach("SystemTime", time))
    }
}

/// Drops fractions of a millisecond. Fails for times before 1970.
impl TryFrom<SystemTime> for UnixMillis {
    type Error = OutOfRangeError;

    fn try_from(time: SystemTime) -> Result<Self, Self::Error> {
        let since_epoch = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_err(|_| refused("a time before 1970"))?;
        let milliseconds = since_epoch.as_millis();
        u64::try_from(milliseconds)
            .ok()
            .and_then(|value| Self::new(value).ok())
            .ok_or_else(|| refused(milliseconds))
    }
}

/// From signed Unix milliseconds.
#[cfg(any(feature = "chrono04", feature = "jiff1"))]
fn from_signed(milliseconds: i64) -> Result<UnixMillis, OutOfRangeError> {
    u64::try_from(milliseconds)
        .ok()
        .and_then(|value| UnixMillis::new(value).ok())
        .ok_or_else(|| refused(milliseconds))
}

/// To signed Unix milliseconds.
#[cfg(any(feature = "chrono04", feature = "jiff1"))]
fn to_signed(time: UnixMillis) -> i64 {
    i64::try_from(time.get()).expect("`UnixMillis` is at most 2^53 - 1")
}

/// Fails beyond the year 9999.
#[cfg(feature = "jiff1")]
impl TryFrom<UnixMillis> for jiff::Timestamp {
    type Error = OutOfRangeError;

    fn try_from(time: UnixMillis) -> Result<Self, Self::Error> {
        Self::from_millisecond(to_signed(time)).map_err(|_| out_of_reach("jiff::Timestamp", time))
    }
}

/// Drops fractions of a millisecond. Fails for times before 1970.
#[cfg(feature = "jiff1")]
impl TryFrom<jiff::Timestamp> for UnixMillis {
    type Error = OutOfRangeError;

    fn try_from(time: jiff::Timestamp) -> Result<Self, Self::Error> {
        from_signed(time.as_millisecond())
    }
}

/// Fails beyond chrono's last year, 262142.
#[cfg(feature = "chrono04")]
impl TryFrom<UnixMillis> for chrono::DateTime<chrono::Utc> {
    type Error = OutOfRangeError;

    fn try_from(time: UnixMillis) -> Result<Self, Self::Error> {
        Self::from_timestamp_millis(to_signed(time))
            .ok_or_else(|| out_of_reach("chrono::DateTime", time))
    }
}

/// Drops fractions of a millisecond. Fails for times before 1970.
#[cfg(feature = "chrono04")]
impl TryFrom<chrono::DateTime<chrono::Utc>> for UnixMillis {
    type Error = OutOfRangeError;

    fn try_from(time: chrono::DateTime<chrono::Utc>) -> Result<Self, Self::Error> {
        from_signed(time.timestamp_millis())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use crate::UnixMillis;

    #[test]
    fn system_time_goes_both_ways_and_not_before_1970() {
        let time = UnixMillis::new(1_745_800_000_123).unwrap();
        let system = SystemTime::try_from(time).unwrap();
        assert_eq!(UnixMillis::try_from(system), Ok(time));
        assert_eq!(UnixMillis::try_from(system + Duration::from_micros(999)), Ok(time));
        assert!(UnixMillis::try_from(SystemTime::UNIX_EPOCH - Duration::from_millis(1)).is_err());
    }

    #[cfg(feature = "jiff1")]
    #[test]
    fn jiff_goes_both_ways_and_not_beyond_9999() {
        let time = UnixMillis::new(1_745_800_000_123).unwrap();
        let timestamp = jiff::Timestamp::try_from(time).unwrap();
        assert_eq!(timestamp.to_string(), "2025-04-28T00:26:40.123Z");
        assert_eq!(UnixMillis::try_from(timestamp), Ok(time));
        assert!(jiff::Timestamp::try_from(UnixMillis::MAX).is_err());
        assert!(UnixMillis::try_from(jiff::Timestamp::MIN).is_err());
    }

    #[cfg(feature = "chrono04")]
    #[test]
    fn chrono_goes_both_ways_and_not_beyond_its_calendar() {
        let time = UnixMillis::new(1_745_800_000_123).unwrap();
        let date = chrono::DateTime::<chrono::Utc>::try_from(time).unwrap();
        assert_eq!(date.timestamp_millis(), 1_745_800_000_123);
        assert_eq!(UnixMillis::try_from(date), Ok(time));
        assert!(chrono::DateTime::<chrono::Utc>::try_from(UnixMillis::MAX).is_err());
        assert!(UnixMillis::try_from(chrono::DateTime::<chrono::Utc>::MIN_UTC).is_err());
    }
}
