/** How much memory llama.cpp takes for a model: llama-server itself, and Ollama which runs it. */
@NullMarked
package dev.stoker.memory.llama;

import org.jspecify.annotations.NullMarked;
