"""Records what Hugging Face `generate` did as a trace that Decodescope plays.

    recording = record(model, tokenizer, "Once upon a time", max_new_tokens=40)
    recording.save("run.json")
"""

from .record import Recording, record

__all__ = ["Recording", "record"]
