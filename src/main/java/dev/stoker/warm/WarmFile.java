package dev.stoker.warm;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Form;
import dev.stoker.json.Yaml;
import dev.stoker.server.RunnerOptions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the file that names the models to keep ready. Pure. */
public final class WarmFile {
    private static final Pattern OBJECTIVE =
            Pattern.compile("ttft\\s*(?:<|<=|=)\\s*([0-9]+(?:\\.[0-9]+)?)\\s*(ms|s)");
    private static final String[] WHOLE = {
        "num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "draft_num_predict"
    };
    private static final String[] TRUTH = {"use_mmap", "shift"};
    private static final String[] OPTIONS = {
        "num_ctx",
        "num_batch",
        "num_gpu",
        "main_gpu",
        "num_thread",
        "draft_num_predict",
        "use_mmap",
        "shift"
    };

    private WarmFile() {}

    /**
     * @param name what to call the file in an error
     * @throws UserError with the line of what can't be used
     */
    public static List<Desired> read(String name, String text) {
        Form root;
        try {
            Yaml.Located located = Yaml.locate(text);
            root = new Form(name, located.lines(), located.tree());
        } catch (Yaml.NoYaml e) {
            throw UserError.wrongUse(
                    name + " can not be used: " + Text.plain(String.valueOf(e.getMessage())) + ".",
                    "");
        }
        root.only("server", "models");
        Optional<String> server = root.maybe("server").map(Form::text);
        List<Desired> models = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        if (!root.has("models")) {
            throw root.wrong("the key 'models' is missing");
        }
        for (Form item : root.at("models").items()) {
            Desired one = model(item, server);
            if (!seen.add(one.server().orElse("") + " " + one.model())) {
                throw item.wrong("the model '" + Text.plain(one.model(), 60) + "' is there twice");
            }
            models.add(one);
        }
        if (models.isEmpty()) {
            throw root.at("models").wrong("this list is empty");
        }
        return models;
    }

    private static Desired model(Form item, Optional<String> server) {
        if (!item.isObject()) {
            Desired plain = Desired.of(item.text());
            return new Desired(
                    plain.model(),
                    server,
                    plain.options(),
                    0,
                    OptionalDouble.empty(),
                    Optional.empty());
        }
        item.only("model", "server", "options", "priority", "objective", "schedule");
        return new Desired(
                item.text("model"),
                item.maybe("server").map(Form::text).or(() -> server),
                item.maybe("options").map(WarmFile::options).orElse(RunnerOptions.defaults()),
                (int) (long) item.maybe("priority").map(p -> p.whole(-1000, 1000)).orElse(0L),
                item.maybe("objective")
                        .map(WarmFile::objective)
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                item.maybe("schedule").map(WarmFile::schedule));
    }

    private static RunnerOptions options(Form form) {
        form.only(OPTIONS);
        Map<String, Object> extra = new HashMap<>();
        OptionalLong context = OptionalLong.empty();
        for (String key : WHOLE) {
            Optional<Long> value = form.maybe(key).map(v -> v.whole(-1, 1L << 31));
            if (value.isPresent() && key.equals("num_ctx")) {
                context = OptionalLong.of(form.at(key).whole(1, 1L << 31));
            } else if (value.isPresent()) {
                extra.put(key, value.get());
            }
        }
        for (String key : TRUTH) {
            form.maybe(key).ifPresent(v -> extra.put(key, v.truth()));
        }
        return new RunnerOptions(context, Optional.empty(), extra);
    }

    private static double objective(Form form) {
        Matcher m = OBJECTIVE.matcher(form.text().strip());
        if (!m.matches()) {
            throw form.wrong("an objective such as ttft<800ms is wanted here");
        }
        double value = Double.parseDouble(m.group(1));
        return m.group(2).equals("s") ? value * 1000 : value;
    }

    private static WarmSchedule schedule(Form form) {
        return WarmSchedule.parse(form.text())
                .orElseThrow(() ->
                        form.wrong(
                                "a schedule such as 'weekdays 8-18' or 'mon-fri 7:30-19, sat 9-12'"
                                        + " is wanted here"));
    }
}
