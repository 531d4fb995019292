using AkkaKv.Server.Launch;

return await Entry.RunAsync(args, NativeNodeHost.Create, Console.Out, Console.Error);
