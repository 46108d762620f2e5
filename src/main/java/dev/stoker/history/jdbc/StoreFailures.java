package dev.stoker.history.jdbc;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.sql.SQLException;

/** What a database's failure means to the user: one sentence, and what to do. Pure. */
final class StoreFailures {
    private StoreFailures() {}

    static UserError of(Dialect dialect, String place, SQLException e) {
        return dialect == Dialect.SQLITE ? sqlite(place, e) : postgres(place, e);
    }

    /** By the primary result code, https://www.sqlite.org/rescode.html. */
    private static UserError sqlite(String place, SQLException e) {
        return switch (e.getErrorCode() & 0xff) {
            case 5, 6 ->
                    error(
                            ExitCode.REFUSED,
                            "The store " + place + " is locked by another process.",
                            "Wait until that one is done, then call again.",
                            e);
            case 8 ->
                    error(
                            ExitCode.WRONG_USE,
                            "The store " + place + " can not be written: it is read-only.",
                            "Call as the user who owns it, or choose another with --store FILE.",
                            e);
            case 10 ->
                    error(
                            ExitCode.WRONG_USE,
                            "The store " + place + " can not be read or written: " + words(e) + ".",
                            "Look at the disk; nothing that was in the store before is changed.",
                            e);
            case 11, 26 ->
                    error(
                            ExitCode.WRONG_USE,
                            "The store " + place + " is damaged, or no store: " + words(e) + ".",
                            "Move it away; then 'stoker history import' takes benchmark runs from"
                                    + " their folders again.",
                            e);
            case 13 ->
                    error(
                            ExitCode.WRONG_USE,
                            "The store " + place + " can not be written: the disk is full.",
                            "Free some space; nothing that was in the store before is changed.",
                            e);
            case 14 ->
                    error(
                            ExitCode.WRONG_USE,
                            "The store " + place + " can not be opened.",
                            "It has to be a file in a folder that can be written; choose another"
                                    + " with --store FILE.",
                            e);
            default -> other(place, e);
        };
    }

    /** By the class of the SQL state, chapter "PostgreSQL Error Codes" of its manual. */
    private static UserError postgres(String place, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("08") || state.startsWith("57P")) {
            return error(
                    ExitCode.SERVER_FAILED,
                    "The store " + place + " does not answer: " + words(e) + ".",
                    "Look whether PostgreSQL runs there; the runs stay in their folders and can be"
                            + " put in later with 'stoker history import'.",
                    e);
        }
        if (state.startsWith("28")) {
            return error(
                    ExitCode.SERVER_FAILED,
                    "The store " + place + " refuses the user or the password.",
                    "Give the user in the URL (?user=NAME) and the password in"
                            + " STOKER_STORE_PASSWORD or PGPASSWORD.",
                    e);
        }
        if (state.equals("3D000")) {
            return error(
                    ExitCode.WRONG_USE,
                    "The store " + place + " can not be opened: there is no such database.",
                    "Create it once: createdb NAME.",
                    e);
        }
        if (state.equals("42501") || state.equals("25006")) {
            return error(
                    ExitCode.WRONG_USE,
                    "The store " + place + " can not be written: " + words(e) + ".",
                    "Give the user the rights on its tables.",
                    e);
        }
        if (state.startsWith("53")) {
            return error(
                    ExitCode.SERVER_FAILED,
                    "The store " + place + " can not take it: " + words(e) + ".",
                    "",
                    e);
        }
        return other(place, e);
    }

    private static UserError other(String place, SQLException e) {
        return error(
                ExitCode.SERVER_FAILED, "The store " + place + " failed: " + words(e) + ".", "", e);
    }

    private static UserError error(ExitCode code, String sentence, String hint, SQLException e) {
        return new UserError(code, sentence, hint, e);
    }

    /** The database's own words, without a full stop at their end. */
    private static String words(SQLException e) {
        String words = Text.plain(String.valueOf(e.getMessage()), 200);
        return words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
    }
}
