using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Wire.Codec;

/// <summary>The messages about hints, between the protocol's records and the wire's.</summary>
internal static class HintParts
{
    public static V1.HintStore ToProto(HintStore store, NodeId sender) => new()
    {
        Target = store.Target.Name,
        Key = Parts.Opaque(store.Key.Bytes),
        Object = Parts.Opaque(store.Object),
        Ticket = store.Ticket,
        ReplyTo = Parts.ToProto(store.ReplyTo, sender),
        IsHandedOver = store.IsHandedOver,
    };

    public static HintStore FromProto(V1.HintStore store, NodeId sender)
    {
        Parts.Require(store.Target.Length > 0, "a hint names its target", "none");
        return new HintStore(
            new NodeId(Parts.NodeNameOf(store.Target)),
            Parts.KeyOf(store.Key),
            store.Object.Memory,
            store.Ticket,
            Parts.FromProto(store.ReplyTo, sender))
        {
            IsHandedOver = store.IsHandedOver,
        };
    }

    public static V1.HintRead ToProto(HintRead read, NodeId sender) => new()
    {
        Key = Parts.Opaque(read.Key.Bytes),
        Ticket = read.Ticket,
        ReplyTo = Parts.ToProto(read.ReplyTo, sender),
    };

    public static HintRead FromProto(V1.HintRead read, NodeId sender) =>
        new(Parts.KeyOf(read.Key), read.Ticket, Parts.FromProto(read.ReplyTo, sender));
}
