package dev.stoker.plan.advise;

import dev.stoker.base.Bytes;
import dev.stoker.gguf.GgmlType;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which type llama-quantize gives each tensor of a model: a quantisation such as Q4_K_M is a mix,
 * in which the output and some layers are kept wider. Made once a model. Pure.
 *
 * <p>Source: the rules of {@code src/llama-quant.cpp} of llama.cpp.
 */
final class QuantMix {
    /** Names of two-dimensional tensors that stay as they are. */
    private static final List<String> KEPT =
            List.of(
                    "_norm.weight",
                    "ffn_gate_inp.weight",
                    "altup",
                    "laurel",
                    "per_layer_model_proj",
                    "position_embd.weight",
                    "token_types.weight",
                    "ssm_conv1d",
                    "shortconv.conv.weight",
                    "time_mix_first.weight",
                    "time_mix_w0.weight",
                    "time_mix_w1.weight",
                    "time_mix_w2.weight",
                    "time_mix_v0.weight",
                    "time_mix_v1.weight",
                    "time_mix_v2.weight",
                    "time_mix_a0.weight",
                    "time_mix_a1.weight",
                    "time_mix_a2.weight",
                    "time_mix_g1.weight",
                    "time_mix_g2.weight",
                    "time_mix_decay_w1.weight",
                    "time_mix_decay_w2.weight",
                    "time_mix_lerp_fused.weight",
                    "attn_rel_b.weight");

    /**
     * One tensor with what its type depends on.
     *
     * @param nth which of its role it is, in the order of layers
     */
    private record Place(Tensor tensor, Role role, int nth) {}

    /** What a tensor does, as far as mixes tell tensors apart. */
    private enum Role {
        OUTPUT,
        TABLE,
        ATTENTION_V,
        ATTENTION_K,
        ATTENTION_Q,
        ATTENTION_QKV,
        ATTENTION_OUTPUT,
        FFN_DOWN,
        FFN_GATE,
        FFN_UP,
        OTHER,
        KEPT
    }

    private final List<Place> places;
    private final int layers;
    private final int values;
    private final int experts;
    private final long shared;
    private final boolean falcon;
    private final boolean seventy;

    private QuantMix(ModelDescription model, ModelShape shape, List<Place> places, int values) {
        this.places = places;
        this.values = values;
        layers = shape.blocks();
        experts = Math.max(1, shape.experts().count());
        falcon = model.architecture().equals("falcon");
        seventy =
                shape.blocks() == 80
                        && (model.architecture().equals("llama")
                                || model.architecture().equals("qwen2"));
        long most = 1;
        for (LayerShape layer : shape.layers()) {
            if (layer.kvHeads() > 0) {
                most = layer.heads() / layer.kvHeads();
                break;
            }
        }
        shared = most;
    }

    static QuantMix of(ModelDescription model, ModelShape shape) {
        List<Tensor> sorted = new ArrayList<>(model.tensors());
        sorted.sort(Comparator.comparingInt(Tensor::block));
        boolean output = model.has("output.weight");
        Map<Role, Integer> counts = new HashMap<>();
        List<Place> places = new ArrayList<>(sorted.size());
        int values = 0;
        for (Tensor tensor : sorted) {
            Role role = role(tensor, output);
            int nth = counts.merge(role, 1, Integer::sum) - 1;
            // Of a mixture the layer itself counts, whatever tensors came before.
            boolean byLayer = shape.experts().count() > 1 && role.name().startsWith("FFN");
            places.add(new Place(tensor, role, byLayer ? Math.max(0, tensor.block()) : nth));
            if (role == Role.ATTENTION_V || role == Role.ATTENTION_QKV) {
                values++;
            }
        }
        return new QuantMix(model, shape, List.copyOf(places), values);
    }

    private static Role role(Tensor tensor, boolean hasOutput) {
        String name = tensor.name();
        if (!quantized(tensor)) {
            return Role.KEPT;
        }
        if (name.equals("output.weight") || (!hasOutput && name.equals("token_embd.weight"))) {
            return Role.OUTPUT;
        }
        if (name.equals("token_embd.weight") || name.equals("per_layer_token_embd.weight")) {
            return Role.TABLE;
        }
        if (name.contains("attn_v.weight")) {
            return Role.ATTENTION_V;
        }
        if (name.contains("attn_k.weight")) {
            return Role.ATTENTION_K;
        }
        if (name.contains("attn_q.weight")) {
            return Role.ATTENTION_Q;
        }
        if (name.contains("ffn_down")) {
            return Role.FFN_DOWN;
        }
        if (name.contains("attn_output.weight")) {
            return Role.ATTENTION_OUTPUT;
        }
        if (name.contains("attn_qkv.weight")) {
            return Role.ATTENTION_QKV;
        }
        if (name.contains("ffn_gate")) {
            return Role.FFN_GATE;
        }
        return name.contains("ffn_up") ? Role.FFN_UP : Role.OTHER;
    }

    private static boolean quantized(Tensor tensor) {
        String name = tensor.name();
        if (!name.endsWith("weight") || tensor.dimensions().size() < 2) {
            return false;
        }
        if (tensor.dimensions().stream().skip(1).allMatch(d -> d == 1)) {
            return false;
        }
        for (String kept : KEPT) {
            if (name.contains(kept)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the tensors as they would be in this quantisation, in the order of layers. */
    List<Tensor> tensors(Quant quant) {
        List<Tensor> result = new ArrayList<>(places.size());
        for (Place place : places) {
            result.add(place.role == Role.KEPT ? place.tensor : retyped(place, quant));
        }
        return result;
    }

    private Tensor retyped(Place place, Quant quant) {
        Tensor t = place.tensor;
        GgmlType type = fitting(type(place, quant), t.dimensions().getFirst());
        if (type.name().equals(t.type())) {
            return t;
        }
        long rows = 1;
        for (int i = 1; i < t.dimensions().size(); i++) {
            rows = Math.multiplyExact(rows, t.dimensions().get(i));
        }
        long bytes = Math.multiplyExact(type.rowBytes(t.dimensions().getFirst()), rows);
        return new Tensor(t.name(), type.name(), t.dimensions(), Bytes.of(bytes), 0, -1);
    }

    /** Rows that blocks do not divide take a type of smaller blocks. */
    private static GgmlType fitting(GgmlType type, long row) {
        if (row % type.block() == 0) {
            return type;
        }
        GgmlType smaller =
                switch (type) {
                    case TQ1_0, TQ2_0 -> GgmlType.Q4_0;
                    case Q4_K -> GgmlType.Q5_0;
                    case Q5_K -> GgmlType.Q5_1;
                    case Q6_K -> GgmlType.Q8_0;
                    default -> type.block() > 32 ? GgmlType.IQ4_NL : GgmlType.F16;
                };
        return row % smaller.block() == 0 ? smaller : GgmlType.F16;
    }

    private GgmlType type(Place p, Quant quant) {
        GgmlType base = base(quant);
        if (base == GgmlType.F16 || base == GgmlType.BF16) {
            return base;
        }
        if (quant == Quant.MXFP4_MOE) {
            boolean expert = p.tensor.dimensions().size() > 2 && p.tensor.dimensions().get(2) > 1;
            return expert ? GgmlType.MXFP4 : GgmlType.Q8_0;
        }
        return switch (p.role) {
            case OUTPUT -> output(p, quant, base);
            case TABLE -> table(quant, base);
            default -> tiny(quant) ? tinyBlock(p, quant, base) : block(p, quant, base);
        };
    }

    private static GgmlType base(Quant quant) {
        return switch (quant) {
            case F16 -> GgmlType.F16;
            case BF16 -> GgmlType.BF16;
            case Q8_0 -> GgmlType.Q8_0;
            case Q6_K -> GgmlType.Q6_K;
            case Q5_K_M, Q5_K_S -> GgmlType.Q5_K;
            case Q4_K_M, Q4_K_S -> GgmlType.Q4_K;
            case Q3_K_L, Q3_K_M, Q3_K_S -> GgmlType.Q3_K;
            case Q2_K, Q2_K_S -> GgmlType.Q2_K;
            case Q4_0 -> GgmlType.Q4_0;
            case Q4_1 -> GgmlType.Q4_1;
            case Q5_0 -> GgmlType.Q5_0;
            case Q5_1 -> GgmlType.Q5_1;
            case IQ4_NL -> GgmlType.IQ4_NL;
            case IQ4_XS -> GgmlType.IQ4_XS;
            case IQ3_S, IQ3_M, IQ3_XS -> GgmlType.IQ3_S;
            case IQ3_XXS -> GgmlType.IQ3_XXS;
            case IQ2_M -> GgmlType.IQ2_S;
            case IQ2_S, IQ2_XS -> GgmlType.IQ2_XS;
            case IQ2_XXS -> GgmlType.IQ2_XXS;
            case IQ1_S -> GgmlType.IQ1_S;
            case IQ1_M -> GgmlType.IQ1_M;
            case MXFP4_MOE -> GgmlType.MXFP4;
        };
    }

    private static boolean tiny(Quant quant) {
        return switch (quant) {
            case IQ2_XXS, IQ2_XS, IQ2_S, IQ2_M, IQ1_S, IQ1_M -> true;
            default -> false;
        };
    }

    private static boolean secondOfTiny(Quant quant) {
        return quant == Quant.IQ2_S || quant == Quant.IQ2_M;
    }

    private GgmlType output(Place p, Quant quant, GgmlType base) {
        if (falcon || p.tensor.dimensions().getFirst() % base.block() != 0) {
            return GgmlType.Q8_0;
        }
        if (tiny(quant) || quant == Quant.IQ3_XXS) {
            return GgmlType.Q5_K;
        }
        return base == GgmlType.Q8_0 ? base : GgmlType.Q6_K;
    }

    private static GgmlType table(Quant quant, GgmlType base) {
        return switch (quant) {
            case IQ2_XXS, IQ2_XS, IQ1_S, IQ1_M -> GgmlType.Q2_K;
            case IQ2_S, IQ2_M, IQ3_XXS -> GgmlType.IQ3_S;
            default -> base;
        };
    }

    private GgmlType tinyBlock(Place p, Quant quant, GgmlType base) {
        GgmlType wider = secondOfTiny(quant) ? GgmlType.IQ3_S : GgmlType.Q2_K;
        return switch (p.role) {
            case ATTENTION_V -> shared >= 4 || experts >= 4 ? GgmlType.Q4_K : wider;
            case ATTENTION_K -> experts == 8 ? GgmlType.Q4_K : base;
            case FFN_DOWN -> p.nth < layers / 8 ? wider : base;
            case ATTENTION_OUTPUT -> {
                if (experts == 8) {
                    yield GgmlType.Q5_K;
                }
                if (secondOfTiny(quant)) {
                    yield GgmlType.IQ3_S;
                }
                yield quant == Quant.IQ1_S || quant == Quant.IQ1_M ? GgmlType.IQ2_XXS : base;
            }
            default -> base;
        };
    }

    private GgmlType block(Place p, Quant quant, GgmlType base) {
        return switch (p.role) {
            case ATTENTION_V -> attentionV(p, quant, base);
            case ATTENTION_K -> experts == 8 ? GgmlType.Q8_0 : narrowed(quant, base);
            case ATTENTION_Q -> narrowed(quant, base);
            case ATTENTION_QKV -> attentionQkv(quant, base);
            case ATTENTION_OUTPUT -> attentionOutput(quant, base);
            case FFN_DOWN -> ffnDown(p, quant, base);
            case FFN_GATE, FFN_UP -> {
                boolean middle = p.nth >= layers / 8 && p.nth < 7 * layers / 8;
                yield quant == Quant.IQ3_XS && middle ? GgmlType.IQ3_XXS : base;
            }
            default -> base;
        };
    }

    private static GgmlType narrowed(Quant quant, GgmlType base) {
        return switch (quant) {
            case IQ3_XS -> GgmlType.IQ3_XXS;
            case IQ3_XXS -> GgmlType.IQ2_S;
            default -> base;
        };
    }

    private GgmlType attentionV(Place p, Quant quant, GgmlType base) {
        if (experts == 8) {
            return GgmlType.Q8_0;
        }
        boolean four = shared >= 4;
        GgmlType type =
                switch (quant) {
                    case Q2_K -> four ? GgmlType.Q4_K : GgmlType.Q3_K;
                    case Q2_K_S, IQ3_XXS, IQ3_XS, IQ3_S -> four ? GgmlType.Q4_K : base;
                    case IQ3_M -> GgmlType.Q4_K;
                    case Q3_K_M -> p.nth < 2 ? GgmlType.Q5_K : GgmlType.Q4_K;
                    case Q3_K_L -> GgmlType.Q5_K;
                    case IQ4_NL, IQ4_XS -> four ? GgmlType.Q5_K : base;
                    case Q4_K_M, Q5_K_M -> more(p.nth, values) ? GgmlType.Q6_K : base;
                    case Q4_K_S -> p.nth < 4 ? GgmlType.Q5_K : base;
                    default -> base;
                };
        boolean raised = seventy && (type == GgmlType.Q3_K || type == GgmlType.Q4_K);
        return raised ? GgmlType.Q5_K : type;
    }

    private static GgmlType attentionQkv(Quant quant, GgmlType base) {
        return switch (quant) {
            case Q3_K_M, Q3_K_L, IQ3_M -> GgmlType.Q4_K;
            case Q4_K_M -> GgmlType.Q5_K;
            case Q5_K_M -> GgmlType.Q6_K;
            default -> base;
        };
    }

    private GgmlType attentionOutput(Quant quant, GgmlType base) {
        if (falcon) {
            return quant == Quant.Q3_K_L ? GgmlType.Q4_K : base;
        }
        if (experts == 8) {
            return switch (quant) {
                case Q2_K,
                        IQ3_XS,
                        IQ3_XXS,
                        Q3_K_S,
                        Q3_K_M,
                        IQ4_NL,
                        Q4_K_S,
                        Q4_K_M,
                        IQ3_S,
                        IQ3_M,
                        IQ4_XS ->
                        GgmlType.Q5_K;
                default -> base;
            };
        }
        return switch (quant) {
            case Q2_K -> GgmlType.Q3_K;
            case IQ3_XXS -> GgmlType.IQ3_S;
            case Q3_K_M, IQ3_M -> GgmlType.Q4_K;
            case Q3_K_L -> GgmlType.Q5_K;
            default -> base;
        };
    }

    private GgmlType ffnDown(Place p, Quant quant, GgmlType base) {
        boolean early = p.nth < layers / 8;
        return switch (quant) {
            case Q2_K -> GgmlType.Q3_K;
            case Q2_K_S -> early ? GgmlType.Q4_K : base;
            case Q3_K_M -> {
                if (p.nth < layers / 16) {
                    yield GgmlType.Q5_K;
                }
                yield !falcon || more(p.nth, layers) ? GgmlType.Q4_K : base;
            }
            case IQ3_M -> early || (experts == 8 && more(p.nth, layers)) ? GgmlType.Q4_K : base;
            case Q3_K_L -> falcon ? GgmlType.Q4_K : GgmlType.Q5_K;
            case Q4_K_M -> {
                if (falcon) {
                    GgmlType more = more(p.nth, layers) ? GgmlType.Q5_K : base;
                    yield p.nth < layers / 16 ? GgmlType.Q6_K : more;
                }
                yield more(p.nth, layers) ? GgmlType.Q6_K : base;
            }
            case Q5_K_M -> more(p.nth, layers) ? GgmlType.Q6_K : base;
            case Q4_K_S -> early && !falcon ? GgmlType.Q5_K : base;
            case IQ4_NL, IQ4_XS -> early && !quant.importance() ? GgmlType.Q5_K : base;
            default -> base;
        };
    }

    /** The first and the last eighth of the layers, and each third of the rest. */
    private static boolean more(int nth, int count) {
        return nth < count / 8 || nth >= 7 * count / 8 || (nth - count / 8) % 3 == 2;
    }
}
