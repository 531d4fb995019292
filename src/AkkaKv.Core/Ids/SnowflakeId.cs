using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>An id taken apart.</summary>
/// <param name="UnixMillis">When it was made, by the clock of its maker, in milliseconds since 1970.</param>
/// <param name="Datacenter">The upper part of the worker.</param>
/// <param name="Machine">The lower part of the worker.</param>
/// <param name="Sequence">Which one of its worker's ids of that millisecond.</param>
public readonly record struct SnowflakeId(long UnixMillis, int Datacenter, int Machine, int Sequence)
{
    /// <summary>Takes an id apart; any number that is not negative is one.</summary>
    public static SnowflakeId Decode(long id, SnowflakeLayout layout)
    {
        Invariant.Require(id >= 0, "an id is not negative", id);
        int worker = (int)(id >> layout.SequenceBits) & layout.WorkerMax;
        return new SnowflakeId(
            layout.EpochUnixMillis + (id >> (layout.WorkerBits + layout.SequenceBits)),
            worker >> layout.MachineBits,
            worker & ((1 << layout.MachineBits) - 1),
            (int)id & layout.SequenceMax);
    }

    /// <summary>Puts it together.</summary>
    /// <exception cref="InvariantException">When a part has more bits than the layout gives it.</exception>
    public long Encode(SnowflakeLayout layout)
    {
        long millis = UnixMillis - layout.EpochUnixMillis;
        Invariant.Require(millis >= 0, "an id is not of before the epoch", UnixMillis);
        Invariant.Require(millis <= layout.MillisMax, "an id is not of after the horizon", UnixMillis);
        Invariant.Require(Datacenter >= 0 && Datacenter < 1 << layout.DatacenterBits, "the datacenter has its bits", Datacenter);
        Invariant.Require(Machine >= 0 && Machine < 1 << layout.MachineBits, "the machine has its bits", Machine);
        Invariant.Require(Sequence >= 0 && Sequence <= layout.SequenceMax, "the sequence has its bits", Sequence);
        return layout.Compose(millis, (Datacenter << layout.MachineBits) | Machine, Sequence);
    }
}
