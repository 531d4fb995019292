using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Wire.Codec;

/// <summary>The replica's messages, between the protocol's records and the wire's.</summary>
internal static class ReplicaParts
{
    private const ReplicaOutcome OutcomeMax = ReplicaOutcome.TooManyActors;

    public static V1.ReplicaRead ToProto(ReplicaRead read, NodeId sender) => new()
    {
        Key = Parts.Opaque(read.Key.Bytes),
        Ticket = read.Ticket,
        ReplyTo = Parts.ToProto(read.ReplyTo, sender),
        Epoch = read.Epoch,
    };

    public static ReplicaRead FromProto(V1.ReplicaRead read, NodeId sender) =>
        new(Parts.KeyOf(read.Key), read.Ticket, Parts.FromProto(read.ReplyTo, sender), Parts.EpochOf(read.Epoch));

    public static V1.ReplicaReadDone ToProto(ReplicaReadDone done) => new()
    {
        Ticket = done.Ticket,
        Outcome = (uint)done.Outcome,
        Object = Parts.Opaque(done.Object),
    };

    public static ReplicaReadDone FromProto(V1.ReplicaReadDone done) =>
        new(done.Ticket, OutcomeOf(done.Outcome), done.Object.Memory);

    public static V1.ReplicaMerge ToProto(ReplicaMerge merge, NodeId sender) => new()
    {
        Key = Parts.Opaque(merge.Key.Bytes),
        Object = Parts.Opaque(merge.Object),
        Ticket = merge.Ticket,
        ReplyTo = Parts.ToProto(merge.ReplyTo, sender),
        Epoch = merge.Epoch,
        IfHeld = merge.IfHeld,
    };

    public static ReplicaMerge FromProto(V1.ReplicaMerge merge, NodeId sender) =>
        new(Parts.KeyOf(merge.Key), merge.Object.Memory, merge.Ticket, Parts.FromProto(merge.ReplyTo, sender), Parts.EpochOf(merge.Epoch))
        {
            IfHeld = merge.IfHeld,
        };

    public static V1.ReplicaMergeDone ToProto(ReplicaMergeDone done) => new() { Ticket = done.Ticket, Outcome = (uint)done.Outcome };

    public static ReplicaMergeDone FromProto(V1.ReplicaMergeDone done) => new(done.Ticket, OutcomeOf(done.Outcome));

    // One of a newer release must not cost the connection: whatever it says, it is not done, and may be there.
    private static ReplicaOutcome OutcomeOf(uint outcome) =>
        outcome <= (uint)OutcomeMax ? (ReplicaOutcome)outcome : ReplicaOutcome.StoreFailed;
}
