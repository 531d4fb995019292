using AkkaKv.Core.Kernel;
using AkkaKv.Core.Transfer;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace AkkaKv.Wire.Codec;

/// <summary>The messages by which partitions move, between the protocol's records and the wire's.</summary>
internal static class TransferParts
{
    private const int PartitionMax = 65_535;
    private const TransferOutcome OutcomeMax = TransferOutcome.Refused;

    public static V1.TransferPull ToProto(TransferPull pull, NodeId sender) => new()
    {
        Partition = (uint)pull.Partition,
        Cursor = (ulong)pull.Cursor,
        BytesMax = (uint)pull.BytesMax,
        Ticket = pull.Ticket,
        ReplyTo = Parts.ToProto(pull.ReplyTo, sender),
    };

    public static TransferPull FromProto(V1.TransferPull pull, NodeId sender)
    {
        Parts.Require(pull.Cursor <= long.MaxValue, "a cursor is not negative", pull.Cursor);
        return new TransferPull(
            Parts.IntOf(pull.Partition, 0, PartitionMax, "a partition is less than 65536"),
            (long)pull.Cursor,
            Parts.IntOf(pull.BytesMax, 1, TransferPull.BytesMaxMost, "a batch has 1 byte to 8 MiB"),
            pull.Ticket,
            Parts.FromProto(pull.ReplyTo, sender));
    }

    public static V1.TransferBatch ToProto(TransferBatch batch)
    {
        var proto = new V1.TransferBatch { Ticket = batch.Ticket, Outcome = (uint)batch.Outcome, LeftOut = (uint)batch.LeftOut };
        if (batch.NextCursor >= 0)
            proto.NextCursor = (ulong)batch.NextCursor;
        foreach (TransferredObject moved in batch.Objects)
        {
            proto.Keys.Add(Parts.Opaque(moved.Key.Bytes));
            proto.Objects.Add(Parts.Opaque(moved.Object));
        }

        foreach (StoreKey key in batch.Damaged)
            proto.Damaged.Add(Parts.Opaque(key.Bytes));
        return proto;
    }

    public static TransferBatch FromProto(V1.TransferBatch batch)
    {
        Parts.Require(batch.Outcome <= (uint)OutcomeMax, "a transfer's outcome is one that is known", batch.Outcome);
        Parts.Require(batch.NextCursor <= long.MaxValue, "a cursor is not negative", batch.NextCursor);
        Parts.Require(batch.Keys.Count <= TransferBatch.KeysMax, "a batch has at most 1024 objects", batch.Keys.Count);
        Parts.Require(batch.Keys.Count == batch.Objects.Count, "every key of a batch brings its object", (batch.Keys.Count, batch.Objects.Count));
        Parts.Require(batch.Damaged.Count <= TransferBatch.KeysMax, "a batch names at most 1024 damaged keys", batch.Damaged.Count);
        var objects = new TransferredObject[batch.Keys.Count];
        for (int i = 0; i < objects.Length; i++)
            objects[i] = new TransferredObject(Parts.KeyOf(batch.Keys[i]), batch.Objects[i].Memory);
        return new TransferBatch(
            batch.Ticket,
            (TransferOutcome)batch.Outcome,
            batch.HasNextCursor ? (long)batch.NextCursor : -1,
            objects,
            KeysOf(batch.Damaged),
            Parts.IntOf(batch.LeftOut, 0, int.MaxValue, "what is left out is counted up to 2147483647"));
    }

    private static StoreKey[] KeysOf(RepeatedField<ByteString> bytes)
    {
        var keys = new StoreKey[bytes.Count];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = Parts.KeyOf(bytes[i]);
        return keys;
    }
}
