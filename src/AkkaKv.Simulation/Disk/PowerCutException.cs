namespace AkkaKv.Simulation.Disk;

/// <summary>The node's power went in the middle of a call. Not an <see cref="IOException"/>: no store may catch it.</summary>
public sealed class PowerCutException() : Exception("the power went");
