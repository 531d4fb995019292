namespace AkkaKv.Simulation.Measuring;

/// <summary>What is measured of a repair.</summary>
public sealed record RepairMeasurement
{
    /// <summary>Nodes; each owns everything.</summary>
    public int Nodes { get; init; } = 2;

    public int Partitions { get; init; } = 256;

    public int Keys { get; init; } = 1_000_000;

    public int ValueBytes { get; init; } = 100;

    /// <summary>Keys that the first node has in an older version, evenly drawn; ignored where it lost its disk.</summary>
    public int Differing { get; init; } = 100;

    /// <summary>The first node has nothing at all.</summary>
    public bool LostDisk { get; init; }

    public ulong Seed { get; init; } = 1;
}

/// <summary>What a repair cost.</summary>
/// <param name="DataBytes">Keys and objects of one replica.</param>
/// <param name="MissingBytes">Objects that the first node lacked.</param>
/// <param name="MovedBytes">Objects that were merged, as the product counts them.</param>
/// <param name="MovedKeys">How many.</param>
/// <param name="TreeBytes">Bytes between nodes about nodes of trees; with frames, as all that follow.</param>
/// <param name="KeyBytes">Bytes between nodes that told keys and versions.</param>
/// <param name="ObjectBytes">Bytes between nodes that asked for objects, brought and acknowledged them.</param>
/// <param name="Messages">Messages between nodes.</param>
/// <param name="VirtualTime">From the command to the end, on a network without delay: the pauses.</param>
/// <param name="AgainBytes">Bytes between nodes of a second repair, when all are alike.</param>
/// <param name="Agree">All nodes hold the same at the end.</param>
public sealed record RepairCost(
    long DataBytes,
    long MissingBytes,
    long MovedBytes,
    long MovedKeys,
    long TreeBytes,
    long KeyBytes,
    long ObjectBytes,
    long Messages,
    TimeSpan VirtualTime,
    long AgainBytes,
    bool Agree)
{
    public long AllBytes => TreeBytes + KeyBytes + ObjectBytes;

    public string Report() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
        data of one replica   {DataBytes,14:N0} B
        missing               {MissingBytes,14:N0} B
        between nodes         {AllBytes,14:N0} B in {Messages:N0} messages: {100.0 * AllBytes / DataBytes:0.000} % of the data
          about trees         {TreeBytes,14:N0} B
          keys and versions   {KeyBytes,14:N0} B
          objects             {ObjectBytes,14:N0} B
        objects moved         {MovedBytes,14:N0} B, {MovedKeys:N0} keys: {(double)MovedBytes / Math.Max(1, MissingBytes):0.000} × what was missing
        a second repair       {AgainBytes,14:N0} B
        virtual time          {VirtualTime.TotalSeconds,14:N1} s
        replicas agree        {Agree,14}

        """);
}
