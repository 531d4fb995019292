using System.Globalization;
using System.Net;
using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Client.Sending;

namespace AkkaKv.Client.Http;

/// <summary>Ids from the next endpoint in turn. Repeated like reads: ids whose answer is lost are not made again.</summary>
internal sealed class IdsOverHttp(RequestSender sender, TimeSpan attemptTimeout) : IIdService
{
    private static readonly HttpStatusCode[] Ok = [HttpStatusCode.OK];

    public async ValueTask<IdsReply> NextAsync(IdScheme scheme, int count, CancellationToken cancellation)
    {
        string target = string.Create(CultureInfo.InvariantCulture, $"/ids/{IdSchemes.NameOf(scheme)}?count={count}");
        var (reply, error) = AnswerReader.Read(await SendAsync(target, cancellation), Ids);
        return reply ?? IdsReply.Failed(error!);
    }

    public async ValueTask<SnowflakeReply> DecodeAsync(long id, CancellationToken cancellation)
    {
        string target = string.Create(CultureInfo.InvariantCulture, $"/ids/snowflake/{id}");
        var (info, error) = AnswerReader.Read(await SendAsync(target, cancellation), Decoded);
        return new SnowflakeReply(info, error);
    }

    private Task<Attempt> SendAsync(string target, CancellationToken cancellation) =>
        sender.SendAsync(new CallShape(HttpMethod.Get, target, IsRead: true, Ok, attemptTimeout), cancellation);

    private static IdsReply Ids(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        string? warning = root.TryGetProperty("warning", out var text) ? text.GetString() : null;
        return new IdsReply([.. root.GetProperty("ids").EnumerateArray().Select(id => id.GetString() ?? throw new FormatException("an id is text"))], warning);
    }

    private static SnowflakeInfo Decoded(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        return new SnowflakeInfo(
            long.Parse(root.GetProperty("id").GetString() ?? "", CultureInfo.InvariantCulture),
            root.GetProperty("time").GetDateTimeOffset(),
            root.GetProperty("datacenter").GetInt32(),
            root.GetProperty("machine").GetInt32(),
            root.GetProperty("sequence").GetInt32());
    }
}
