package dev.stoker.model;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.util.List;
import java.util.Map;

/**
 * What a model is, as its files or its server tell it. The same model read in two ways gives the
 * same description, but for the origin and for what a way can't tell.
 *
 * @param name as the user or the server names it
 * @param origin where it was read: a path or an address, for reports
 * @param format how its weights are stored
 * @param architecture such as {@code llama} or {@code qwen3moe}; for safetensors the one that GGUF
 *     would call it where that is known, else the class that {@code config.json} names
 * @param parameters number of parameters, counted over the tensors or told
 * @param quantization a label such as {@code Q4_K_M}: shown, never computed with
 * @param shape its dimensions, or why they are unknown
 * @param tensors all tensors in the order of the files; empty where a server does not tell them
 * @param fileSize bytes of the model's own files, without sidecars
 * @param sidecars files that are loaded with it
 * @param defaults settings that the model brings, such as {@code num_ctx} of an Ollama model
 * @param remarks what was odd, a sentence each
 */
public record ModelDescription(
        String name,
        String origin,
        ModelFormat format,
        String architecture,
        Reading<Long> parameters,
        Reading<String> quantization,
        Reading<ModelShape> shape,
        List<Tensor> tensors,
        Reading<Bytes> fileSize,
        List<Sidecar> sidecars,
        Map<String, String> defaults,
        List<String> remarks) {
    public ModelDescription {
        tensors = List.copyOf(tensors);
        sidecars = List.copyOf(sidecars);
        defaults = Map.copyOf(defaults);
        remarks = List.copyOf(remarks);
    }

    /** Returns the same with other remarks. */
    public ModelDescription withRemarks(List<String> others) {
        return new ModelDescription(
                name,
                origin,
                format,
                architecture,
                parameters,
                quantization,
                shape,
                tensors,
                fileSize,
                sidecars,
                defaults,
                others);
    }

    /** Returns the same with other files beside it. */
    public ModelDescription withSidecars(List<Sidecar> others) {
        return new ModelDescription(
                name,
                origin,
                format,
                architecture,
                parameters,
                quantization,
                shape,
                tensors,
                fileSize,
                others,
                defaults,
                remarks);
    }

    /** Returns whether a tensor of this name is there. */
    public boolean has(String tensor) {
        return tensors.stream().anyMatch(t -> t.name().equals(tensor));
    }
}
