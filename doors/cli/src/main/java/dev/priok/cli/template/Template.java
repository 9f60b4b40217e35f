package dev.priok.cli.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parsed template; may be rendered any number of times. */
public final class Template {
    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * Parses a template.
     *
     * @throws TemplateError with Go's wording: {@code template: :1: unclosed action}
     */
    public static Template parse(String text) throws TemplateError {
        return new Template(Parser.parse(text));
    }

    /**
     * Renders {@code data}: a {@link FieldSource} or a tree of maps, lists and scalars.
     *
     * @throws TemplateError when the template asks for something that is not there; {@code out} then holds a part
     */
    public void render(StringBuilder out, @Nullable Object data) throws TemplateError {
        new Renderer(out, data, false).render(nodes);
    }

    /** Renders column titles: functions that change texts leave them alone. */
    public void renderTitles(StringBuilder out, FieldSource titles) throws TemplateError {
        new Renderer(out, titles, true).render(nodes);
    }
}
