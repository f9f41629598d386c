pub mod contrastive_search;
