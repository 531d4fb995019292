using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Wire.Codec;

/// <summary>Questions for ids, between the protocol's records and the wire's.</summary>
internal static class IdParts
{
    private const int DetailCharsMax = 1_000;

    public static V1.IdsAsk ToProto(IdsAsk ask, NodeId sender) =>
        new() { Count = ask.Count, Ticket = ask.Ticket, ReplyTo = Parts.ToProto(ask.ReplyTo, sender) };

    /// <summary>The count is the receiver's to judge: it refuses one that it doesn't serve.</summary>
    public static IdsAsk FromProto(V1.IdsAsk ask, NodeId sender) => new(ask.Count, ask.Ticket, Parts.FromProto(ask.ReplyTo, sender));

    public static V1.IdsTold ToProto(IdsTold told)
    {
        var proto = new V1.IdsTold { Ticket = told.Ticket };
        foreach (IdRange range in told.Ranges)
            proto.Ranges.Add(new V1.IdRange { First = range.First, Count = range.Count, Step = range.Step });
        if (told.Refusal is { } refusal)
            proto.Refusal = new V1.IdRefusal { Kind = (uint)refusal.Kind, Detail = refusal.Detail, Retryable = refusal.IsRetryable };
        return proto;
    }

    public static IdsTold FromProto(V1.IdsTold told)
    {
        Parts.Require(told.Ranges.Count <= IdOptions.CountMax, "an answer has at most 10000 ranges of ids", told.Ranges.Count);
        IdRange[] ranges = [.. told.Ranges.Select(RangeOf)];
        long total = ranges.Sum(range => (long)range.Count);
        Parts.Require(total <= IdOptions.CountMax, "an answer has at most 10000 ids", total);
        return new IdsTold(told.Ticket, ranges, told.Refusal is { } refusal ? RefusalOf(refusal) : null);
    }

    private static IdRange RangeOf(V1.IdRange range)
    {
        Parts.Require(range.First >= 0, "an id is not negative", range.First);
        Parts.Require(range.Count is >= 1 and <= IdOptions.CountMax, "a range has 1 to 10000 ids", range.Count);
        Parts.Require(range.Step >= 1, "the ids of a range increase", range.Step);
        Parts.Require(range.First + ((Int128)(range.Count - 1) * range.Step) <= long.MaxValue, "an id has 63 bits", range.Step);
        return new IdRange(range.First, range.Count, range.Step);
    }

    // A kind of a newer release is still a refusal.
    private static IdRefusal RefusalOf(V1.IdRefusal refusal)
    {
        Parts.Require(refusal.Detail.Length <= DetailCharsMax, "a refusal has at most 1000 characters", refusal.Detail.Length);
        var kind = refusal.Kind <= byte.MaxValue && Enum.IsDefined((IdRefusalKind)refusal.Kind) ? (IdRefusalKind)refusal.Kind : IdRefusalKind.Silent;
        return new IdRefusal(kind, refusal.Detail, refusal.Retryable);
    }
}
