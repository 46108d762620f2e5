"""Synthetic models: the true shapes of published models as GGUF keys and tensors.

Python 3 standard library only. `python3 models.py list` names them, `python3 models.py write NAME PATH` writes one
as a sparse file. Dimensions come from the config.json that the model's publisher put on Hugging Face (the `source`
of each model); names, shapes and keys are those that llama.cpp's loader asks for.
"""

import sys

import models_dense  # noqa: F401  (each module registers its models)
import models_moe  # noqa: F401
import models_hybrid  # noqa: F401
import models_encoder  # noqa: F401
from shape import MODELS


def main():
    if sys.argv[1:] == ["list"]:
        for name in MODELS:
            print(name)
    elif len(sys.argv) == 4 and sys.argv[1] == "write":
        made = MODELS[sys.argv[2]]()
        print("header %d bytes, file %d bytes" % made.write(sys.argv[3]))
    else:
        sys.exit("usage: models.py list | write NAME PATH")


if __name__ == "__main__":
    main()
