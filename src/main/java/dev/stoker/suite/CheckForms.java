package dev.stoker.suite;

import dev.stoker.json.Form;
import dev.stoker.suite.check.Check;
import dev.stoker.suite.check.CodeCheck;
import dev.stoker.suite.check.JsonCheck;
import dev.stoker.suite.check.JsonSchema;
import dev.stoker.suite.check.NumberCheck;
import dev.stoker.suite.check.SituationCheck;
import dev.stoker.suite.check.TextCheck;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads checks as suites write them: one key each, whose value says what is wanted. Pure. */
final class CheckForms {
    private static final String[] KEYS = {
        "answered",
        "server_answers",
        "model_listed",
        "number",
        "contains",
        "contains_any",
        "excludes",
        "equals",
        "matches",
        "starts_with",
        "ends_with",
        "lower_case",
        "upper_case",
        "words",
        "lines",
        "bullets",
        "choice",
        "json",
        "python"
    };
    private static final double HUGE = 1e300;

    private CheckForms() {}

    /** Reads a check: an object with one key. */
    static Check read(Form form) {
        form.only(KEYS);
        if (form.node().size() != 1) {
            throw form.wrong(
                    "a check has one key", "Begin each check with '- ', as the items of a list.");
        }
        String key = form.node().propertyNames().iterator().next();
        Form value = form.at(key);
        return switch (key) {
            case "answered" -> situation(value, SituationCheck.ANSWERED);
            case "server_answers" -> situation(value, SituationCheck.SERVER_ANSWERS);
            case "model_listed" -> situation(value, SituationCheck.MODEL_LISTED);
            case "number" -> number(value);
            case "contains" -> TextCheck.contains(value.texts());
            case "contains_any" -> TextCheck.containsAny(value.texts());
            case "excludes" -> TextCheck.excludes(value.texts());
            case "equals" -> TextCheck.equalTo(value.text());
            case "matches" -> TextCheck.matches(pattern(value));
            case "starts_with" -> TextCheck.startsWith(value.text());
            case "ends_with" -> TextCheck.endsWith(value.text());
            case "lower_case" -> plain(value, TextCheck.lowerCase());
            case "upper_case" -> plain(value, TextCheck.upperCase());
            case "words" -> counted(value, TextCheck::words);
            case "lines" -> counted(value, TextCheck::lines);
            case "bullets" -> counted(value, TextCheck::bullets);
            case "choice" -> TextCheck.choice(letter(value));
            case "json" -> json(value);
            default -> python(value);
        };
    }

    private static Check situation(Form value, Check check) {
        return plain(value, check);
    }

    private static Check plain(Form value, Check check) {
        value.isTrue();
        return check;
    }

    private static Check number(Form value) {
        if (!value.isObject()) {
            return new NumberCheck(value.number(-HUGE, HUGE), 0);
        }
        value.only("value", "tolerance");
        return new NumberCheck(
                value.at("value").number(-HUGE, HUGE),
                value.maybe("tolerance").map(t -> t.number(0, HUGE)).orElse(0.0));
    }

    private static Pattern pattern(Form value) {
        try {
            return Pattern.compile(value.text());
        } catch (PatternSyntaxException e) {
            throw value.wrong("the expression can not be read: " + e.getDescription());
        }
    }

    private static Check counted(Form value, BiFunction<Integer, Integer, Check> check) {
        if (!value.isObject()) {
            int n = (int) value.whole(0, 1_000_000);
            return check.apply(n, n);
        }
        value.only("min", "max");
        int least = value.maybe("min").map(m -> (int) m.whole(0, 1_000_000)).orElse(0);
        int most =
                value.maybe("max").map(m -> (int) m.whole(0, 1_000_000)).orElse(Integer.MAX_VALUE);
        if (least > most) {
            throw value.wrong("min is above max");
        }
        return check.apply(least, most);
    }

    private static String letter(Form value) {
        String letter = value.text().strip().toUpperCase(Locale.ROOT);
        if (!letter.matches("[A-Z]")) {
            throw value.wrong("a letter from A to Z is wanted here");
        }
        return letter;
    }

    private static Check json(Form value) {
        value.only("schema", "values");
        JsonSchema schema;
        try {
            schema = JsonSchema.of(value.at("schema").node());
        } catch (IllegalArgumentException e) {
            throw value.at("schema")
                    .wrong(
                            "the schema can not be used: " + e.getMessage(),
                            "docs/suite.md lists the keywords.");
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        if (value.has("values")) {
            Form wanted = value.at("values");
            if (!wanted.isObject()) {
                throw wanted.wrong("JSON pointers with their values are wanted here");
            }
            for (String pointer : wanted.node().propertyNames()) {
                if (!pointer.startsWith("/")) {
                    throw wanted.at(pointer)
                            .wrong("a JSON pointer begins with /", "Write /" + pointer + ".");
                }
                values.put(pointer, wanted.node().path(pointer));
            }
        }
        return new JsonCheck(schema, values);
    }

    private static Check python(Form value) {
        value.only("function", "parameters", "cases");
        String function = value.text("function");
        if (!function.matches("[A-Za-z_][A-Za-z0-9_]{0,60}")) {
            throw value.at("function").wrong("this is no name of a function");
        }
        int parameters = (int) value.at("parameters").whole(0, 20);
        List<CodeCheck.Case> cases = new ArrayList<>();
        for (Form item : value.at("cases").items()) {
            item.only("args", "result");
            if (item.at("args").items().size() != parameters) {
                throw item.wrong("these are not " + parameters + " arguments");
            }
            if (!item.has("result")) {
                throw item.wrong("the key 'result' is missing");
            }
            cases.add(new CodeCheck.Case(item.at("args").node(), item.at("result").node()));
        }
        if (cases.isEmpty()) {
            throw value.wrong("at least one case is wanted");
        }
        return new CodeCheck(function, parameters, cases);
    }
}
