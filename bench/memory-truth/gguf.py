"""Writes GGUF files whose header is complete and whose data section is a hole, and cuts headers out of real files.

Python 3 standard library only. Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct

U32, I32, F32, BOOL, STRING, ARRAY, U64 = 4, 5, 6, 7, 8, 9, 10
ALIGNMENT = 32

# name -> (id, values a block, bytes a block)
TYPES = {
    "F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q5_0": (6, 32, 22),
    "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34), "Q2_K": (10, 256, 84), "Q3_K": (11, 256, 110), "Q4_K": (12, 256, 144),
    "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210), "IQ4_NL": (20, 32, 18), "IQ4_XS": (23, 256, 136),
    "IQ2_XXS": (16, 256, 66), "IQ3_S": (21, 256, 110), "I32": (26, 1, 4), "BF16": (30, 1, 2), "MXFP4": (39, 32, 17),
}


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


class Same:
    """An array of `count` equal elements, for vocabularies."""

    def __init__(self, kind, value, count):
        self.kind, self.value, self.count = kind, value, count


def scalar(kind, value):
    if kind == STRING:
        return string(value)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?", U64: "<Q"}[kind], value)


def kind_of(value):
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return U32 if value >= 0 else I32
    if isinstance(value, float):
        return F32
    return STRING


def encoded(value):
    """Type id and bytes of a value."""
    if isinstance(value, Same):
        return struct.pack("<IIQ", ARRAY, value.kind, value.count) + scalar(value.kind, value.value) * value.count
    if isinstance(value, list):
        kind = kind_of(value[0]) if value else I32
        if kind == U32 and any(v < 0 for v in value):
            kind = I32
        head = struct.pack("<IIQ", ARRAY, I32 if kind == U32 else kind, len(value))
        return head + b"".join(scalar(I32 if kind == U32 else kind, v) for v in value)
    kind = kind_of(value)
    return struct.pack("<I", kind) + scalar(kind, value)


def tensor_bytes(kind, shape):
    _, block, size = TYPES[kind]
    if shape[0] % block:
        raise ValueError("a row of %d values in blocks of %d" % (shape[0], block))
    total = shape[0] // block * size
    for n in shape[1:]:
        total *= n
    return total


def padded(n):
    return (n + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


def header(keys, tensors):
    """The bytes up to the data section, and the length of the whole file.

    `keys` is a dict, `tensors` a list of (name, type, shape with the contiguous dimension first)."""
    out = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(keys))]
    for key, value in keys.items():
        out += [string(key), encoded(value)]
    offset = 0
    for name, kind, shape in tensors:
        out += [string(name), struct.pack("<I", len(shape)), struct.pack("<%dQ" % len(shape), *shape)]
        out.append(struct.pack("<IQ", TYPES[kind][0], offset))
        offset += padded(tensor_bytes(kind, shape))
    head = b"".join(out)
    head += b"\0" * (padded(len(head)) - len(head))
    return head, len(head) + offset


def write_sparse(path, keys, tensors):
    """Writes the file with holes for data; gives (header length, file length)."""
    head, length = header(keys, tensors)
    with open(path, "wb") as out:
        out.write(head)
        out.truncate(length)
    return len(head), length


# --- reading, for the headers of real files -------------------------------------------------------------------------

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def _value(data, at, kind, blank):
    """End of the value at `at`, and its bytes with the strings of long arrays emptied if `blank`."""
    if kind == STRING:
        end = at + 8 + struct.unpack_from("<Q", data, at)[0]
        return end, data[at:end]
    if kind != ARRAY:
        return at + SIZES[kind], data[at:at + SIZES[kind]]
    element, count = struct.unpack_from("<IQ", data, at)
    start, at = at, at + 12
    if element != STRING:
        end = at + SIZES[element] * count
        body = data[at:end]
        if blank and count > 4096:
            body = b"\0" * len(body) if element == F32 else data[at:at + SIZES[element]] * count
        return end, data[start:at] + body
    for _ in range(count):
        at += 8 + struct.unpack_from("<Q", data, at)[0]
    if blank and count > 4096:
        return at, data[start:start + 12] + b"\0" * (8 * count)
    return at, data[start:at]


def blanked_header(path):
    """Header of a real file with the strings of its vocabulary emptied (counts kept), and the length of the file that
    would have this header and the same data."""
    with open(path, "rb") as stream:
        data = stream.read(64 << 20)
        stream.seek(0, 2)
        length = stream.tell()
    magic, version, tensors, keys = struct.unpack_from("<4sIQQ", data, 0)
    if magic != b"GGUF" or version not in (2, 3):
        raise ValueError(path + " is no GGUF file")
    at, out = 24, [data[:24]]
    alignment = ALIGNMENT
    for _ in range(keys):
        size = struct.unpack_from("<Q", data, at)[0]
        key = data[at + 8:at + 8 + size]
        kind = struct.unpack_from("<I", data, at + 8 + size)[0]
        body_at = at + 12 + size
        end, body = _value(data, body_at, kind, True)
        if key == b"general.alignment":
            alignment = struct.unpack_from("<I", body, 0)[0]
        if key == b"tokenizer.chat_template":
            body = string("")
        out += [data[at:body_at], body]
        at = end
    infos = at
    for _ in range(tensors):
        at += 8 + struct.unpack_from("<Q", data, at)[0]
        at += 4 + 8 * struct.unpack_from("<I", data, at)[0] + 12
    out.append(data[infos:at])
    old = (at + alignment - 1) // alignment * alignment
    head = b"".join(out)
    head += b"\0" * ((len(head) + alignment - 1) // alignment * alignment - len(head))
    return head, length - old + len(head)
