using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AkkaKv.Server.Http;

/// <summary>Writes an answer as JSON, with its length.</summary>
internal static class JsonReply
{
    public static Task WriteAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
