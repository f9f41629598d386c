"""What a token stands for, in bytes: a token may hold part of a character."""

import re

BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class Vocabulary:
    """Reads byte-level BPE (GPT-2, Llama 3, Qwen), SentencePiece with byte fallback (Llama 2,
    Gemma) and, for what is left, the text that `decode` gives for a token on its own."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.special = set(tokenizer.all_special_ids) | set(tokenizer.get_added_vocab().values())
        backend = getattr(tokenizer, "backend_tokenizer", None)
        decoder = repr(backend.decoder) if backend is not None else ""
        self.byte_level = "ByteLevel" in decoder
        self.spaced = "▁" in decoder or "Metaspace" in decoder
        self.bytes = {sign: byte for byte, sign in byte_signs().items()}

    def entry(self, token):
        """The text of a token, or a list of bytes where they are no text by themselves."""
        raw = self.bytes_of(token)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return list(raw)

    def bytes_of(self, token):
        name = self.tokenizer.convert_ids_to_tokens(token)
        if name is None:
            return f"⟨{token}⟩".encode()
        if token in self.special:
            return name.encode()
        if self.byte_level and all(sign in self.bytes for sign in name):
            return bytes(self.bytes[sign] for sign in name)
        if byte := BYTE.fullmatch(name):
            return bytes([int(byte[1], 16)])
        if self.spaced:
            return name.replace("▁", " ").encode()
        return self.tokenizer.decode([token]).encode()


def byte_signs():
    """The printable sign that byte-level BPE writes for each byte, as GPT-2 does."""
    plain = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    signs = {byte: chr(byte) for byte in plain}
    others = (byte for byte in range(256) if byte not in signs)
    return signs | {byte: chr(256 + place) for place, byte in enumerate(others)}
