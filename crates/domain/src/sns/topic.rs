//! Topics, and the regions they can be in. The list is exact on purpose: a pattern for region names lets through hosts
//! that are no region's (reliability, finding 7).

use crate::ids::BadId;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Regions with SNS whose hosts end in `.amazonaws.com`.
pub const REGIONS: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
];

/// Regions whose hosts end in `.amazonaws.com.cn`; believed only for topics configured there.
pub const REGIONS_CHINA: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// An SNS topic: `arn:aws:sns:{region}:{account}:{name}` in a known region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TopicArn(String);

/// A text that is no topic.
pub type BadTopic = BadId;

impl TopicArn {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its region.
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }

    /// The host of SNS in its region: the only one that serves certificates and confirmations for it.
    pub fn host(&self) -> String {
        let end = if REGIONS_CHINA.contains(&self.region()) { ".cn" } else { "" };
        format!("sns.{}.amazonaws.com{end}", self.region())
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TopicArn {
    type Err = BadTopic;

    fn from_str(text: &str) -> Result<Self, BadTopic> {
        let parts: Vec<&str> = text.split(':').collect();
        let known = |partition: &str, region: &&str| match partition {
            "aws" => REGIONS.contains(region),
            "aws-cn" => REGIONS_CHINA.contains(region),
            _ => false,
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        match parts.as_slice() {
            ["arn", partition, "sns", region, account, name]
                if known(partition, region)
                    && account.len() == 12
                    && account.bytes().all(|b| b.is_ascii_digit())
                    && (1..=256).contains(&name.len())
                    && name.strip_suffix(".fifo").unwrap_or(name).chars().all(fits) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => {
                Err(BadTopic::new(text, "an SNS topic (arn:aws:sns:region:account:name, in a known region)"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_of_known_regions() {
        for (good, host) in [
            ("arn:aws:sns:us-east-1:300797413096:TestNotifV2ForVendors", "sns.us-east-1.amazonaws.com"),
            ("arn:aws:sns:eu-west-1:300797413096:orders.fifo", "sns.eu-west-1.amazonaws.com"),
            ("arn:aws-cn:sns:cn-north-1:300797413096:a", "sns.cn-north-1.amazonaws.com.cn"),
        ] {
            assert_eq!(good.parse::<TopicArn>().unwrap().host(), host);
        }
        for bad in [
            "",
            "arn:aws:sns:s3-us-west-2:300797413096:a",
            "arn:aws:sns:us-east-1.evil.com/:300797413096:a",
            "arn:aws:sns:cn-north-1:300797413096:a",
            "arn:aws-cn:sns:us-east-1:300797413096:a",
            "arn:aws:sqs:us-east-1:300797413096:a",
            "arn:aws:sns:us-east-1:3007974130:a",
            "arn:aws:sns:us-east-1:300797413096:",
            "arn:aws:sns:us-east-1:300797413096:a:b",
            "arn:aws:sns:us-east-1:300797413096:a&b",
            "ARN:aws:sns:us-east-1:300797413096:a",
            " arn:aws:sns:us-east-1:300797413096:a",
        ] {
            assert!(bad.parse::<TopicArn>().is_err(), "{bad}");
        }
    }
}
