using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Doors;

/// <summary>The ids of a node, for its callers.</summary>
internal sealed class IdDoor(INodeRuntime runtime, NodeId self, IdOptions? options, TimeProvider clock) : IIdService
{
    private readonly SnowflakeLayout _layout = (options ?? new IdOptions()).Layout;

    public ValueTask<IdsReply> NextAsync(IdScheme scheme, int count, CancellationToken cancellation)
    {
        if (count is < 1 or > IIdService.CountMax)
            return new(IdsReply.Failed(ErrorOf(IdWords.Count(count))));
        return scheme switch
        {
            IdScheme.UuidV4 => new(new IdsReply(Texts(count, static _ => Guid.NewGuid().ToString()))),
            IdScheme.UuidV7 => new(new IdsReply(Sorted(count))),
            IdScheme.Snowflake => AskAsync(IdPlaces.Snowflake(self), count, cancellation),
            IdScheme.Ticket => AskAsync(IdPlaces.TicketDoor(self), count, cancellation),
            IdScheme.Increment when options is { IncrementNodes: 0 } => new(IdsReply.Failed(NotIncrementing())),
            IdScheme.Increment => AskAsync(IdPlaces.Increment(self), count, cancellation),
            _ => throw new InvariantException($"Every scheme has its maker; {scheme} has none"),
        };
    }

    public ValueTask<SnowflakeReply> DecodeAsync(long id, CancellationToken cancellation)
    {
        if (id < 0)
            return new(new SnowflakeReply(null, new KvError(KvErrorCode.InvalidCount, $"A Snowflake id must be 0 or more; found {id}.")));
        SnowflakeId parts = SnowflakeId.Decode(id, _layout);
        return new(new SnowflakeReply(new SnowflakeInfo(
            id, DateTimeOffset.UnixEpoch.AddMilliseconds(parts.UnixMillis), parts.Datacenter, parts.Machine, parts.Sequence)));
    }

    private async ValueTask<IdsReply> AskAsync(Address maker, int count, CancellationToken cancellation)
    {
        if (options is null)
            return IdsReply.Failed(new KvError(KvErrorCode.IdsUnavailable, $"Node {self} makes no ids: it was started without them. Ask another node."));
        if (!runtime.TryAsk(maker, count, static (count, replyTo) => new IdsAsk(count, 0, replyTo), cancellation, out ValueTask<Message> reply))
            return IdsReply.Failed(ErrorOf(IdWords.Busy(self, runtime.CallsWaiting)));
        try
        {
            var told = (IdsTold)await reply;
            string? warning = maker == IdPlaces.Snowflake(self) ? IdWords.HorizonWarning(_layout, clock.GetUtcNow()) : null;
            return told.Refusal is { } refusal ? IdsReply.Failed(ErrorOf(refusal)) : new IdsReply(Expand(told.Ranges, count), warning);
        }
        catch (NodeStoppedException)
        {
            return IdsReply.Failed(new KvError(KvErrorCode.NotReady, $"Node {self} stopped while ids were asked for. Ask another node.", Retryable: true, Nodes: [self.Name]));
        }
    }

    private static List<string> Expand(IReadOnlyList<IdRange> ranges, int count)
    {
        var ids = new List<string>(count);
        foreach (IdRange range in ranges)
        {
            for (int i = 0; i < range.Count; i++)
                ids.Add((range.First + (i * range.Step)).ToString(CultureInfo.InvariantCulture));
        }

        return ids;
    }

    private static string[] Texts(int count, Func<int, string> make)
    {
        string[] texts = new string[count];
        for (int i = 0; i < count; i++)
            texts[i] = make(i);
        return texts;
    }

    // Those of one millisecond are in no order of their own.
    private string[] Sorted(int count)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string[] texts = Texts(count, _ => Guid.CreateVersion7(now).ToString());
        Array.Sort(texts, StringComparer.Ordinal);
        return texts;
    }

    private KvError ErrorOf(IdRefusal refusal) => new(
        refusal.Kind switch
        {
            IdRefusalKind.Count => KvErrorCode.InvalidCount,
            IdRefusalKind.Busy => KvErrorCode.Busy,
            _ => KvErrorCode.IdsUnavailable,
        },
        refusal.Detail,
        Retryable: refusal.IsRetryable,
        Nodes: refusal.Kind == IdRefusalKind.Count ? null : [self.Name]);

    private KvError NotIncrementing() => new(
        KvErrorCode.IdsUnavailable,
        "Increments need to know how many nodes share the numbers, and which of them this one is; it knows neither. Set Ids:IncrementNodes, the same on every node, and Ids:IncrementIndex, another on each.",
        Nodes: [self.Name]);
}
