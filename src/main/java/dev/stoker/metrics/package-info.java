/** The exporter: a machine's moment as a page that Prometheus reads. Asks nobody. */
@NullMarked
package dev.stoker.metrics;

import org.jspecify.annotations.NullMarked;
