//! The list of methods: one file and one page each, one line here, sorted by family.

mod contrastive;
mod parallel;
mod sampling;
mod search;
pub(crate) mod speculative;

use crate::{Error, Result, method::Entry};

pub static ALL: &[Entry] = &[
    // Sampling: one distribution a step.
    Entry::of::<sampling::basic_sampling::BasicSampling>(),
    Entry::of::<sampling::mirostat::Mirostat>(),
    // Search: many texts at once.
    Entry::of::<search::beam_search::BeamSearch>(),
    Entry::of::<search::lattice_recombination::LatticeRecombination>(),
    Entry::of::<search::superposed::Superposed>(),
    // Draft and verify.
    Entry::of::<speculative::speculative_decoding::SpeculativeDecoding>(),
    Entry::of::<speculative::mcsd::Mcsd>(),
    Entry::of::<speculative::improved_mcsd::ImprovedMcsd>(),
    Entry::of::<speculative::rsd_c::RsdC>(),
    Entry::of::<speculative::rsd_s::RsdS>(),
    Entry::of::<speculative::sequoia::Sequoia>(),
    Entry::of::<speculative::dyspec::Dyspec>(),
    Entry::of::<speculative::staged_speculative::StagedSpeculative>(),
    Entry::of::<speculative::speculative_contrastive::SpeculativeContrastive>(),
    Entry::of::<speculative::spectr::Spectr>(),
    Entry::of::<speculative::opt_tree::OptTree>(),
    Entry::of::<speculative::cape::Cape>(),
    Entry::of::<speculative::swift::Swift>(),
    Entry::of::<speculative::unified_layer_skip::UnifiedLayerSkip>(),
    Entry::of::<speculative::token_recycling::TokenRecycling>(),
    Entry::of::<speculative::anpd::Anpd>(),
    Entry::of::<speculative::copyspec::CopySpec>(),
    Entry::of::<speculative::aded::Aded>(),
    Entry::of::<speculative::ouroboros::Ouroboros>(),
    Entry::of::<speculative::entropy_adaptive::EntropyAdaptive>(),
    Entry::of::<speculative::pearl::Pearl>(),
    Entry::of::<speculative::bass::Bass>(),
    Entry::of::<speculative::ems_sd::EmsSd>(),
    // Parallel decoding: many positions a pass.
    Entry::of::<parallel::jacobi::Jacobi>(),
    Entry::of::<parallel::gauss_seidel_jacobi::GaussSeidelJacobi>(),
    Entry::of::<parallel::hybrid_jacobi::HybridJacobi>(),
    Entry::of::<parallel::speculative_jacobi::SpeculativeJacobi>(),
    Entry::of::<parallel::lookahead::Lookahead>(),
    Entry::of::<parallel::fastcot::FastCot>(),
    // Contrastive: the model against something else.
    Entry::of::<contrastive::contrastive_search::ContrastiveSearch>(),
];

pub fn find(id: &str) -> Result<&'static Entry> {
    ALL.iter().find(|it| it.info.id == id).ok_or_else(|| Error::UnknownMethod {
        id: id.into(),
        known: ALL.iter().map(|it| it.info.id).collect::<Vec<_>>().join(", "),
    })
}
