package dev.stoker.tui.view;

import dev.stoker.tui.screen.Glyphs;

import java.time.ZoneId;

/**
 * What every panel draws with. Immutable but for the zones, which belong to one frame.
 *
 * @param glyphs the characters of drawings
 * @param figures how figures are written
 * @param zones the places that can be clicked
 * @param zone for times of day
 */
record Pencil(Glyphs glyphs, Figures figures, Zones zones, ZoneId zone) {}
