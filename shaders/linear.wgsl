// Rows times a matrix, with what surrounds the product in a Llama layer.
//   NORM:  the row is divided by its root mean square and multiplied by `gain` first
//   GATED: the matrix holds a gate above and an up part below; gives silu(gate) * up
//   ADD:   adds `residual`
//
// bindings   x        [rows, IN]            f32
//            weight   [OUT (or 2 OUT), IN]  f32
//            gain     [IN]                  f32, unread unless NORM
//            residual [rows, OUT]           f32, unread unless ADD
//            y        [rows, OUT]           f32, written; its length gives the rows
// workgroup  64: 16 threads share each of 4 outputs, for 4 rows
// grid       [OUT / 4, rows / 4], rounded up
// launcher   crate/llama/src/kernels/linear.rs
//
// The order of the additions in a row does not depend on how many rows there are.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> gain: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> residual: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

const IN: u32 = {{ in }}u;
const OUT: u32 = {{ out }}u;
const NORM: bool = {{ norm }};
const GATED: bool = {{ gated }};
const ADD: bool = {{ add }};
const EPSILON: f32 = {{ epsilon }};
const STEPS: u32 = IN / 4u;
const LANES: u32 = 16u;

// One component per row.
var<workgroup> sums: array<vec4<f32>, 64>;
var<workgroup> ups: array<vec4<f32>, 64>;
var<workgroup> squares: array<vec4<f32>, 64>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let rows = arrayLength(&y) / OUT;
    let thread = local.x;
    let lane = thread % LANES;
    let out = group.x * 4u + thread / LANES;
    let row = group.y * 4u;
    // Beyond the edge, threads repeat the last row or output and do not write.
    let starts = min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(rows - 1u)) * STEPS;
    let weights = min(out, OUT - 1u) * STEPS;

    var sum = vec4<f32>(0.0);
    var up = vec4<f32>(0.0);
    var square = vec4<f32>(0.0);
    for (var k = lane; k < STEPS; k += LANES) {
        var a = x[starts.x + k];
        var b = x[starts.y + k];
        var c = x[starts.z + k];
        var d = x[starts.w + k];
        if (NORM) {
            square += vec4<f32>(dot(a, a), dot(b, b), dot(c, c), dot(d, d));
            let g = gain[k];
            a *= g;
            b *= g;
            c *= g;
            d *= g;
        }
        let w = weight[weights + k];
        sum += vec4<f32>(dot(w, a), dot(w, b), dot(w, c), dot(w, d));
        if (GATED) {
            let u = weight[weights + OUT * STEPS + k];
            up += vec4<f32>(dot(u, a), dot(u, b), dot(u, c), dot(u, d));
        }
    }
    sums[thread] = sum;
    ups[thread] = up;
    squares[thread] = square;
    workgroupBarrier();
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        if (lane < half) {
            sums[thread] += sums[thread + half];
            ups[thread] += ups[thread + half];
            squares[thread] += squares[thread + half];
        }
        workgroupBarrier();
    }

    let mine = row + lane;
    if (lane < 4u && mine < rows && out < OUT) {
        let first = thread - lane;
        var value = sums[first][lane];
        var scale = 1.0;
        if (NORM) {
            scale = inverseSqrt(squares[first][lane] / f32(IN) + EPSILON);
            value *= scale;
        }
        if (GATED) {
            value = value / (1.0 + exp(-value)) * (ups[first][lane] * scale);
        }
        if (ADD) {
            value += residual[mine * OUT + out];
        }
        y[mine * OUT + out] = value;
    }
}
