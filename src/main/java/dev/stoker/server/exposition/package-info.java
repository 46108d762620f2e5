/** Reads what servers and exporters say in the Prometheus text format. Pure. */
@NullMarked
package dev.stoker.server.exposition;

import org.jspecify.annotations.NullMarked;
