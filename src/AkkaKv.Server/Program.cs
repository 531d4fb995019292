using AkkaKv.Server.Launch;

SocketThreads.Prefer();
return await Entry.RunAsync(args, HostChoice.Create, Console.Out, Console.Error);
