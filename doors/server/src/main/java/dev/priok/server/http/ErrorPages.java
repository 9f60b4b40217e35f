package dev.priok.server.http;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself refuses, such as a request that is not HTTP, in the form that clients of the API read. */
final class ErrorPages implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object said = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        String message = said == null ? "the request cannot be answered" : said.toString();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        String json = "{\"message\":\"" + escape(message) + "\"}\n";
        Content.Sink.write(response, true, json, callback);
        return true;
    }

    private static String escape(String text) {
        var out = new StringBuilder(text.length() + 8);
        for (char c : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c < ' ' ? ' ' : c);
            }
        }
        return out.toString();
    }
}
