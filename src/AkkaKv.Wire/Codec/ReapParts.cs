using AkkaKv.Core.Kernel;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Wire.Codec;

/// <summary>The reaper's messages, between the protocol's records and the wire's.</summary>
internal static class ReapParts
{
    public static V1.ReapCheck ToProto(ReapCheck check, NodeId sender)
    {
        var proto = new V1.ReapCheck { Round = check.Round, ReplyTo = Parts.ToProto(check.ReplyTo, sender) };
        foreach (DeadKey key in check.Keys)
            proto.Keys.Add(ToProto(key));
        return proto;
    }

    public static ReapCheck FromProto(V1.ReapCheck check, NodeId sender)
    {
        Parts.Require(check.Keys.Count <= ReapCheck.KeysMax, "a check asks about at most 1024 keys", check.Keys.Count);
        return new ReapCheck(check.Round, [.. check.Keys.Select(FromProto)], Parts.FromProto(check.ReplyTo, sender));
    }

    public static V1.ReapCheckDone ToProto(ReapCheckDone done)
    {
        var proto = new V1.ReapCheckDone { Round = done.Round, View = done.View };
        foreach (ReapVerdict verdict in done.Verdicts)
            proto.Verdicts.Add((uint)verdict);
        return proto;
    }

    /// <summary>The member that answers is the one at the other end of the connection, whatever it may say of itself.</summary>
    public static ReapCheckDone FromProto(V1.ReapCheckDone done, NodeId sender)
    {
        Parts.Require(done.Verdicts.Count <= ReapCheck.KeysMax, "a check has at most 1024 answers", done.Verdicts.Count);
        return new ReapCheckDone(done.Round, sender, done.View, [.. done.Verdicts.Select(VerdictOf)]);
    }

    public static V1.ReapForget ToProto(ReapForget forget) => new() { Key = ToProto(forget.Key) };

    public static ReapForget FromProto(V1.ReapForget forget)
    {
        Parts.Require(forget.Key is not null, "what is to be forgotten has a key", "none");
        return new ReapForget(FromProto(forget.Key));
    }

    private static V1.DeadKey ToProto(DeadKey key) => new() { Key = Parts.Opaque(key.Key.Bytes), Version = key.Version };

    private static DeadKey FromProto(V1.DeadKey key) => new(Parts.KeyOf(key.Key), key.Version);

    // A verdict of a newer release is not an agreement.
    private static ReapVerdict VerdictOf(uint verdict) =>
        verdict <= (uint)ReapVerdict.Unsure ? (ReapVerdict)verdict : ReapVerdict.Unsure;
}
