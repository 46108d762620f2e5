/** Where models are read: files, Ollama's store, addresses, and running servers. */
@NullMarked
package dev.stoker.plan.source;

import org.jspecify.annotations.NullMarked;
