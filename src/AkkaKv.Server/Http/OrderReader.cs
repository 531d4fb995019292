using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AkkaKv.Server.Http;

/// <summary>Reads the small JSON bodies of operators' requests.</summary>
internal static class OrderReader
{
    private const int BytesMax = 16 << 10;

    /// <summary>Reads the body; an empty one is an order without anything in it.</summary>
    public static async Task<(T? Order, ProblemDocument? Problem)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class, new()
    {
        var bytes = new byte[BytesMax + 1];
        int count = 0;
        int read;
        while (count < bytes.Length && (read = await context.Request.Body.ReadAsync(bytes.AsMemory(count), context.RequestAborted)) > 0)
            count += read;
        if (count > BytesMax)
            return (null, Problems.OrderMalformed($"it has more than {BytesMax} bytes"));
        if (count == 0)
            return (new T(), null);
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, count), type) is { } order
                ? (order, null)
                : (null, Problems.OrderMalformed("it is null"));
        }
        catch (JsonException malformed)
        {
            return (null, Problems.OrderMalformed(malformed.Message));
        }
    }
}
