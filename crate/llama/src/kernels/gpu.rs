//! What launching a WGSL shader on Burn's tensors takes.

use burn::tensor::{DType, Shape};
use burn_wgpu::{CubeDim, CubeTensor, KernelSource, SourceKernel, SourceTemplate};
use cubecl::{CubeCount, prelude::KernelId, server::KernelArguments};

/// A shader with its placeholders filled in. Two with the same name and numbers are the same
/// pipeline.
#[derive(Debug)]
pub(super) struct Shader {
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) numbers: Vec<(&'static str, String)>,
    pub(super) threads: u32,
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        let template = SourceTemplate::new(self.source);
        self.numbers.iter().fold(template, |it, (name, value)| it.register(*name, value.clone()))
    }

    fn id(&self) -> KernelId {
        let values: Vec<String> = self.numbers.iter().map(|it| it.1.clone()).collect();
        KernelId::new::<Self>().info((self.name, values))
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Room for an f32 tensor beside `like`, not filled in.
pub(super) fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    let numbers: usize = shape.iter().product();
    let buffer = like.client.empty(numbers * 4);
    let (client, device) = (like.client.clone(), like.device.clone());
    CubeTensor::new_contiguous(client, device, Shape::from(shape.to_vec()), buffer, DType::F32)
}

/// `tensors`: in the order of their bindings.
pub(super) fn launch(shader: Shader, grid: [usize; 2], tensors: &[&CubeTensor]) {
    let dim = CubeDim::new_1d(shader.threads);
    let count = CubeCount::Static(grid[0] as u32, grid[1] as u32, 1);
    let buffers = tensors.iter().map(|it| it.handle.clone().binding()).collect();
    tensors[0].client.clone().launch(
        Box::new(SourceKernel::new(shader, dim)),
        count,
        KernelArguments::new().with_buffers(buffers),
    );
}
