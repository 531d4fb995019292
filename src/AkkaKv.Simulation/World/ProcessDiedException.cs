namespace AkkaKv.Simulation.World;

/// <summary>The process was killed in the middle of a handler.</summary>
public sealed class ProcessDiedException() : Exception("the process was killed");
