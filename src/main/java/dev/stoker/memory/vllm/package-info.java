/** How much memory vLLM takes for a model, and how many requests its cache holds. */
@NullMarked
package dev.stoker.memory.vllm;

import org.jspecify.annotations.NullMarked;
