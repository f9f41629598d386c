// Log-sum-exp of each row and its k best entries as log-probabilities.
//
// bindings   logits [rows, VOCAB]      f32
//            best   [rows, 1 + 2 k]    f32, written: log-sum-exp, then k ids (exact below 2^24),
//                                      then their k log-probabilities, descending
// workgroup  256 per row
// grid       [rows]
// launcher   crate/llama/src/kernels/row_top_k.rs
//
// Each of k rounds looks for the best entry after the last one found; ties go to the lower id.

@group(0) @binding(0) var<storage, read_write> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> best: array<f32>;

const VOCAB: u32 = {{ vocab }}u;
const THREADS: u32 = 256u;
const LOWEST: f32 = -3.0e38;

var<workgroup> values: array<f32, THREADS>;
var<workgroup> ids: array<u32, THREADS>;
var<workgroup> rounds: u32;

// Whether entry (a, i) stands before entry (b, j). The id VOCAB means no entry at all.
fn before(a: f32, i: u32, b: f32, j: u32) -> bool {
    if (i == VOCAB || j == VOCAB) {
        return j == VOCAB && i != VOCAB;
    }
    return a > b || (a == b && i < j);
}

@compute @workgroup_size(256, 1, 1)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let thread = local.x;
    let start = group.x * VOCAB;
    let stride = arrayLength(&best) / groups.x;
    let to = group.x * stride;
    if (thread == 0u) {
        rounds = (stride - 1u) / 2u;
    }
    let k = workgroupUniformLoad(&rounds);

    var highest = LOWEST;
    for (var i = thread; i < VOCAB; i += THREADS) {
        highest = max(highest, logits[start + i]);
    }
    values[thread] = highest;
    workgroupBarrier();
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        if (thread < half) {
            values[thread] = max(values[thread], values[thread + half]);
        }
        workgroupBarrier();
    }
    highest = values[0];
    workgroupBarrier();
    var sum = 0.0;
    for (var i = thread; i < VOCAB; i += THREADS) {
        sum += exp(logits[start + i] - highest);
    }
    values[thread] = sum;
    workgroupBarrier();
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        if (thread < half) {
            values[thread] += values[thread + half];
        }
        workgroupBarrier();
    }
    let log_sum = highest + log(values[0]);
    workgroupBarrier();
    if (thread == 0u) {
        best[to] = log_sum;
    }

    var last = 0.0;
    var last_id = VOCAB;
    for (var round = 0u; round < k; round += 1u) {
        var value = 0.0;
        var id = VOCAB;
        for (var i = thread; i < VOCAB; i += THREADS) {
            let it = logits[start + i];
            let left = last_id == VOCAB || before(last, last_id, it, i);
            if (left && before(it, i, value, id)) {
                value = it;
                id = i;
            }
        }
        values[thread] = value;
        ids[thread] = id;
        workgroupBarrier();
        for (var half = THREADS / 2u; half > 0u; half /= 2u) {
            if (thread < half) {
                let other = thread + half;
                if (before(values[other], ids[other], values[thread], ids[thread])) {
                    values[thread] = values[other];
                    ids[thread] = ids[other];
                }
            }
            workgroupBarrier();
        }
        last = values[0];
        last_id = ids[0];
        workgroupBarrier();
        if (thread == 0u) {
            best[to + 1u + round] = f32(min(last_id, VOCAB - 1u));
            best[to + 1u + k + round] = last - log_sum;
        }
    }
}
