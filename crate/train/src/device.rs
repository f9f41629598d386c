//! Where a training computes.

use crate::error::{Error, Result};
use clap::ValueEnum;
use llama::Device;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeviceName {
    /// Burn's `flex`.
    Cpu,
    /// An NVIDIA GPU; needs the feature `cuda`.
    Cuda,
    /// PyTorch's CPU kernels; needs the feature `libtorch`.
    Libtorch,
}

impl DeviceName {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Libtorch => "libtorch",
        }
    }

    pub fn open(self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(llama::cpu()),
            Self::Cuda => cuda(),
            Self::Libtorch => libtorch(),
        }
    }

    /// Threads that learn side by side unless the command line says otherwise; a GPU and libtorch
    /// have their own.
    pub fn threads(self) -> usize {
        match self {
            Self::Cpu => std::thread::available_parallelism().map_or(1, usize::from),
            Self::Cuda | Self::Libtorch => 1,
        }
    }
}

#[cfg(feature = "cuda")]
fn cuda() -> Result<Device> {
    Ok(Device::cuda(0))
}

#[cfg(not(feature = "cuda"))]
fn cuda() -> Result<Device> {
    Err(Error::Device { device: "cuda" })
}

#[cfg(feature = "libtorch")]
#[allow(deprecated)] // Burn means to drop it; until then it is what we compare with.
fn libtorch() -> Result<Device> {
    Ok(Device::libtorch())
}

#[cfg(not(feature = "libtorch"))]
fn libtorch() -> Result<Device> {
    Err(Error::Device { device: "libtorch" })
}
