/** What is served over HTTP: the exporter's page, samples as they come, and whether all is well. */
@NullMarked
package dev.stoker.web;

import org.jspecify.annotations.NullMarked;
