package dev.stoker.model;

import dev.stoker.base.Bytes;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sums up a model's tensors by what they do. Pure. */
public final class WeightGroups {
    private WeightGroups() {}

    /** What a tensor does. */
    public enum Role {
        EMBEDDINGS("embeddings"),
        ATTENTION("attention"),
        FEED_FORWARD("feed-forward"),
        EXPERTS("experts"),
        SHARED_EXPERTS("shared experts"),
        RECURRENT("recurrent"),
        NORMS("norms and biases"),
        OUTPUT("output"),
        PREDICTION("multi-token prediction"),
        PROJECTOR("projector"),
        OTHER("other");

        private final String word;

        Role(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * One group.
     *
     * @param bytes of its tensors, without padding
     * @param parameters elements of its tensors
     * @param tensors how many there are
     * @param types bytes by type, in the order of names
     */
    public record Group(
            Role role, Bytes bytes, long parameters, int tensors, Map<String, Bytes> types) {}

    /** Returns the groups that a model has, in the order of roles. */
    public static List<Group> of(ModelDescription model) {
        int main = model.shape().map(ModelShape::mainBlocks).orElse(Integer.MAX_VALUE);
        Map<Role, List<Tensor>> byRole = new EnumMap<>(Role.class);
        for (Tensor tensor : model.tensors()) {
            byRole.computeIfAbsent(role(tensor, main), _ -> new ArrayList<>()).add(tensor);
        }
        List<Group> groups = new ArrayList<>();
        byRole.forEach((role, tensors) -> groups.add(group(role, tensors)));
        return groups;
    }

    private static Group group(Role role, List<Tensor> tensors) {
        Bytes bytes = Bytes.ZERO;
        long parameters = 0;
        Map<String, Bytes> types = new TreeMap<>();
        for (Tensor tensor : tensors) {
            bytes = bytes.plus(tensor.bytes());
            parameters = Math.addExact(parameters, tensor.elements());
            types.merge(tensor.type(), tensor.bytes(), Bytes::plus);
        }
        return new Group(role, bytes, parameters, tensors.size(), types);
    }

    private static Role role(Tensor tensor, int main) {
        String name = tensor.name();
        if (name.startsWith("v.") || name.startsWith("mm.") || name.startsWith("a.")) {
            return Role.PROJECTOR;
        }
        if (tensor.block() >= main || name.contains("nextn") || name.contains("mtp.")) {
            return Role.PREDICTION;
        }
        if (name.contains("_exps") || name.contains("_chexps") || name.contains(".experts.")) {
            return Role.EXPERTS;
        }
        if (name.contains("_shexp") || name.contains("shared_expert")) {
            return Role.SHARED_EXPERTS;
        }
        if (name.contains("norm") || name.endsWith(".bias")) {
            return Role.NORMS;
        }
        if (name.contains("ssm") || name.contains("shortconv") || name.contains("time_mix")) {
            return Role.RECURRENT;
        }
        if (name.contains("embd") || name.contains("embed") || name.startsWith("token_types")) {
            return Role.EMBEDDINGS;
        }
        if (name.startsWith("output")
                || name.startsWith("lm_head")
                || name.startsWith("cls")
                || name.startsWith("dense_")) {
            return Role.OUTPUT;
        }
        if (name.contains("attn") || name.contains("indexer")) {
            return Role.ATTENTION;
        }
        if (name.contains("ffn") || name.contains("mlp") || name.contains("channel_mix")) {
            return Role.FEED_FORWARD;
        }
        return Role.OTHER;
    }
}
