using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Wire.Codec;

/// <summary>What the members tell each other of who belongs.</summary>
internal static class TopologyParts
{
    private const int WaitingCharsMax = 1024;

    public static V1.TopologyDigest ToProto(TopologyDigest digest, NodeId sender) =>
        new() { Epoch = (ulong)digest.Epoch, ReplyTo = Parts.ToProto(digest.ReplyTo, sender) };

    public static TopologyDigest FromProto(V1.TopologyDigest digest, NodeId sender) =>
        new(LongOf(digest.Epoch), Parts.FromProto(digest.ReplyTo, sender));

    public static V1.TopologyNews ToProto(TopologyNews news) =>
        new() { Configuration = Parts.Opaque(ConfigurationCodec.Encode(news.Configuration)) };

    public static TopologyNews FromProto(V1.TopologyNews news)
    {
        bool isSound = ConfigurationCodec.TryDecode(news.Configuration.Memory, out ClusterConfiguration? configuration);
        Parts.Require(isSound && configuration is not null, "a configuration is sound and in its one encoding; bytes", news.Configuration.Length);
        return new TopologyNews(configuration);
    }

    public static V1.TopologyPoll ToProto(TopologyPoll poll, NodeId sender) =>
        new() { Epoch = (ulong)poll.Epoch, AllEntered = poll.AllEntered, ReplyTo = Parts.ToProto(poll.ReplyTo, sender) };

    public static TopologyPoll FromProto(V1.TopologyPoll poll, NodeId sender) =>
        new(LongOf(poll.Epoch), poll.AllEntered, Parts.FromProto(poll.ReplyTo, sender));

    // The name does not travel: the connection knows it.
    public static V1.TopologyStatus ToProto(TopologyStatus status, NodeId sender)
    {
        Invariant.Require(status.From == sender, "a node tells its status in its own name", status.From);
        EpochWork work = status.Work;
        return new V1.TopologyStatus
        {
            Workers = status.Workers is { } need ? ToProto(need) : null,
            Epoch = (ulong)status.Epoch,
            EnteredEpoch = (ulong)status.EnteredEpoch,
            StoreId = status.StoreId,
            Work = new V1.EpochWork
            {
                Epoch = (ulong)work.Epoch,
                IsDone = work.IsDone,
                PartitionsDone = (uint)work.PartitionsDone,
                Partitions = (uint)work.Partitions,
                KeysMoved = (ulong)work.KeysMoved,
                BytesMoved = (ulong)work.BytesMoved,
                BytesPerSecond = (ulong)work.BytesPerSecond,
                Waiting = work.Waiting.Length <= WaitingCharsMax ? work.Waiting : work.Waiting[..WaitingCharsMax],
            },
        };
    }

    public static TopologyStatus FromProto(V1.TopologyStatus status, NodeId sender)
    {
        V1.EpochWork? work = status.Work;
        Parts.Require(work is not null, "a status tells the work", "none");
        return new TopologyStatus(sender, LongOf(status.Epoch), LongOf(status.EnteredEpoch), status.StoreId, new EpochWork(
            LongOf(work.Epoch),
            work.IsDone,
            Parts.IntOf(work.PartitionsDone, 0, Token.PartitionsMax, "at most 65536 partitions are done"),
            Parts.IntOf(work.Partitions, 0, Token.PartitionsMax, "there are at most 65536 partitions"),
            LongOf(work.KeysMoved),
            LongOf(work.BytesMoved),
            LongOf(work.BytesPerSecond),
            Parts.TextOf(work.Waiting, WaitingCharsMax, "what work waits for is told in at most 1024 characters")))
        {
            Workers = status.Workers is { } need ? FromProto(need) : null,
        };
    }

    private static V1.WorkerNeed ToProto(WorkerNeed need)
    {
        var told = new V1.WorkerNeed { Count = (uint)need.Count, Layout = need.Layout, NowMillis = (ulong)need.NowMillis };
        if (need.ByHand is { } worker)
            told.ByHand = (uint)worker;
        return told;
    }

    private static WorkerNeed FromProto(V1.WorkerNeed need)
    {
        Parts.Require(need.NowMillis <= WorkerLeases.MillisMax, "a clock shows a moment before the year 10000", need.NowMillis);
        return new WorkerNeed(
            Parts.IntOf(need.Count, 0, WorkerLeases.CountMax, "a layout has at most 2^20 worker numbers"),
            Parts.TextOf(need.Layout, ConfigurationCodec.TextBytesMax, "a layout is told in at most 255 characters"),
            need.HasByHand ? Parts.IntOf(need.ByHand, 0, WorkerLeases.CountMax - 1, "a worker number is less than 2^20") : null,
            (long)need.NowMillis);
    }

    private static long LongOf(ulong number)
    {
        Parts.Require(number <= long.MaxValue, "an epoch or a count is less than 2^63", number);
        return (long)number;
    }
}
